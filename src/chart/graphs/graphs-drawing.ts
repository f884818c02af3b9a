/*
 * Draws a graph as SVG, by ECharts on the server. It is large, so that it is loaded when the first graph is asked for, and only the parts
 * that are used. The typeface comes inside, as a picture loads nothing. Every chart is disposed of, or the process would never end.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { visibleText } from '../../domain/visible-text.js';
import type { GraphOption } from './graphs-frame.js';
import { FACE } from './graphs-ink.js';

type Core = typeof import('echarts/core');

/** What a script of ECharts' own would look for. In text a quote is written otherwise. */
const FOR_SCRIPTS = / ecmeta_[a-z_]+="[^"]*"/g;

let loaded: Promise<{ core: Core; face: string }> | null = null;

export interface Sheet {
  readonly width: number;
  readonly height: number;
  /** What it shows, in words. */
  readonly title: string;
}

export async function drawGraph(option: GraphOption, { width, height, title }: Sheet): Promise<string> {
  loaded ??= load();
  const { core, face } = await loaded;
  const chart = core.init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption(option);
    const svg = chart.renderToSVGString().replace(FOR_SCRIPTS, '');
    const at = svg.indexOf('>') + 1;
    const head = `<title>${escapeXml(visibleText(title))}</title><style>${face}</style>`;
    return `${svg.slice(0, at)}${head}${svg.slice(at)}`;
  } finally {
    chart.dispose();
  }
}

async function load(): Promise<{ core: Core; face: string }> {
  const [core, { CustomChart, LineChart }, { GridComponent }, { SVGRenderer }] = await Promise.all([
    import('echarts/core'),
    import('echarts/charts'),
    import('echarts/components'),
    import('echarts/renderers'),
  ]);
  core.use([CustomChart, LineChart, GridComponent, SVGRenderer]);
  const file = createRequire(import.meta.url).resolve(
    '@fontsource/source-sans-3/files/source-sans-3-latin-400-normal.woff2',
  );
  const base64 = (await readFile(file)).toString('base64');
  const face = `@font-face{font-family:"${FACE}";src:url(data:font/woff2;base64,${base64}) format("woff2")}`;
  return { core, face };
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escapeXml = (text: string): string => text.replace(/[&<>"]/g, (char) => ENTITIES[char]!);
