// Terminal output → SVG: a picture of what a terminal shows, for the README. Pure; knows the escape sequences of styleText only.

import { displayWidth, takeStart } from '../../src/report/terminal.ts';

const FONT_SIZE = 14;
const LINE = 19;
/** Advance of the fonts named below: 0.6 em. */
const COLUMN = FONT_SIZE * 0.6;
const MARGIN = 16;

const CLASSES: Readonly<Record<string, string>> = {
  '1': 'b',
  '2': 'd',
  '4': 'u',
  '31': 'red',
  '32': 'green',
  '33': 'yellow',
  '34': 'blue',
  '35': 'magenta',
  '36': 'cyan',
};

/** What ends a style: bold and dim share 22, colours 39. */
const ENDS: Readonly<Record<string, readonly string[]>> = {
  '22': ['b', 'd'],
  '24': ['u'],
  '39': ['red', 'green', 'yellow', 'blue', 'magenta', 'cyan'],
};

const STYLE = `
    rect { fill: #0d1117; }
    text { fill: #d1d7e0; font: ${FONT_SIZE}px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; }
    .b { font-weight: 700; }
    .d { fill: #9198a1; }
    .u { text-decoration: underline; }
    .red { fill: #ff7b72; }
    .green { fill: #56d364; }
    .yellow { fill: #e3b341; }
    .blue { fill: #79c0ff; }
    .magenta { fill: #d2a8ff; }
    .cyan { fill: #76e3ea; }
  `;

/** Draws what a terminal of so many columns would show. `title` is read out instead of the picture. */
export function svgOf(text: string, title: string, columns: number): string {
  const rows = text
    .trimEnd()
    .split('\n')
    .flatMap((line) => rowsOf(line, columns));
  const width = Math.ceil(columns * COLUMN + 2 * MARGIN);
  const height = rows.length * LINE + 2 * MARGIN;
  const drawn = rows.flatMap((runs, index) => {
    if (runs === '') return [];
    return [`  <text y="${MARGIN + (index + 1) * LINE - 5}" xml:space="preserve">${runs}</text>`];
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
  <title>${escaped(title)}</title>
  <style>${STYLE}</style>
  <rect width="${width}" height="${height}" rx="8"/>
${drawn.join('\n')}
</svg>
`;
}

/** A line as the rows that a terminal makes of it, each as SVG. */
function rowsOf(line: string, columns: number): string[] {
  const styles = new Set<string>();
  const rows = [''];
  let column = 0;
  for (const [, code, run = ''] of line.matchAll(/\u001b\[(\d+)m|([^\u001b]+)/g)) {
    const opened = code === undefined ? undefined : CLASSES[code];
    if (opened !== undefined) styles.add(opened);
    for (const ended of ENDS[code ?? ''] ?? []) styles.delete(ended);
    let rest = run;
    while (rest !== '') {
      if (column >= columns) {
        rows.push('');
        column = 0;
      }
      const piece = takeStart(rest, columns - column) || rest;
      rows.push(rows.pop() + runOf(piece, column, styles));
      column += displayWidth(piece);
      rest = rest.slice(piece.length);
    }
  }
  return rows;
}

/** A run of one style, placed and sized by its columns, so that marks stand under what they mark in any font. */
function runOf(text: string, column: number, styles: ReadonlySet<string>): string {
  const shown = text.trim();
  if (shown === '') return '';
  const x = MARGIN + (column + displayWidth(text) - displayWidth(text.trimStart())) * COLUMN;
  const classes = styles.size > 0 ? ` class="${[...styles].join(' ')}"` : '';
  return `<tspan x="${rounded(x)}" textLength="${rounded(displayWidth(shown) * COLUMN)}"${classes}>${escaped(shown)}</tspan>`;
}

function rounded(n: number): string {
  return String(Math.round(n * 10) / 10);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
