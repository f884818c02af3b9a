/*
 * Figures beside their bounds, and whether each was met. What has no bound is told all the same.
 */
export class Bounds {
  missed = 0;

  /** @param figure in the unit of `most`; null for no bound */
  line(what, figure, most, unit, more = '') {
    const isMet = most === null || figure <= most;
    if (!isMet) this.missed++;
    const bound = most === null ? '' : `≤ ${shown(most)} ${unit}`;
    const word = most === null ? '' : isMet ? 'met' : 'MISSED';
    console.log(
      `  ${what.padEnd(34)}${`${shown(figure)} ${unit}`.padStart(14)}  ${bound.padEnd(12)}${word.padEnd(8)}${more}`.trimEnd(),
    );
  }
}

const shown = (figure) =>
  figure >= 100 || Number.isInteger(figure) ? Math.round(figure).toLocaleString('en') : figure.toFixed(1);
