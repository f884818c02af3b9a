/*
 * The colours and the type of graphs, those of portolan.css. A picture in a page knows nothing of the page's style sheets, so that
 * each graph is drawn twice, by day and by night; whatever a colour says, a shape or a place says too.
 */
export const INKS = ['day', 'night'] as const;
export type Ink = (typeof INKS)[number];

export interface Palette {
  readonly ink: string;
  readonly soft: string;
  readonly line: string;
  readonly paper: string;
  readonly link: string;
  /** As declared. */
  readonly match: string;
  readonly failing: string;
  /** What lies between the mean and the longest. */
  readonly band: string;
}

export const PALETTES: Readonly<Record<Ink, Palette>> = {
  day: {
    ...{ ink: '#14283a', soft: '#53616d', line: '#d3d2c8', paper: '#fffdf9', link: '#1b4a78' },
    ...{ match: '#1d6a55', failing: '#8c2318', band: '#c9d3dc' },
  },
  night: {
    ...{ ink: '#e8e3d6', soft: '#a2b0bb', line: '#2b4152', paper: '#13232f', link: '#93c4ea' },
    ...{ match: '#7fd0b3', failing: '#ff9d92', band: '#2f4a5e' },
  },
};

/**
 * The product's own, which a picture carries inside, else one of the machine's. The trap: ECharts writes it into an attribute as it is,
 * where a double quote would end it.
 */
export const FACE = 'Source Sans 3';
export const FONT = `'${FACE}', system-ui, 'Segoe UI', 'Liberation Sans', sans-serif`;
