// Turns a terminal screen (text with ANSI colours, on stdin) into an SVG on stdout. The README's picture is made so:
//   tmux new-session -d -s demo -x 96 -y 30 './qwarden demo --for 60s'; sleep 25
//   tmux capture-pane -t demo -p -e | node scripts/picture.mjs > docs/images/demo.svg; tmux kill-session -t demo
import { readFileSync } from 'node:fs';

const CELL = { width: 8.4, height: 18 };
const MARGIN = 16;
const COLOURS = {
  31: '#ff7b72',
  32: '#56d364',
  33: '#e3b341',
  34: '#79c0ff',
  35: '#d2a8ff',
  36: '#76e3ea',
  90: '#6e7681',
};
const PLAIN = '#c9d1d9';
const ESCAPE = String.fromCodePoint(27);
const STYLE = new RegExp(`(${ESCAPE}\\[[\\d;]*m)`);
const STYLES = new RegExp(STYLE, 'g');

/** Terminal cells; the screens that this is for have no wide characters. */
const cells = (text) => Array.from(text).length;

const escapeXml = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** A line as pieces of one style each. */
function pieces(line) {
  const style = { colour: PLAIN, bold: false, dim: false };
  const found = [];
  for (const part of line.split(STYLE)) {
    const codes = part.startsWith(ESCAPE) ? part.slice(2, -1) : undefined;
    if (codes === undefined) {
      if (part) found.push({ ...style, text: part });
      continue;
    }
    for (const code of codes.split(';').map(Number)) {
      if (code === 0) Object.assign(style, { colour: PLAIN, bold: false, dim: false });
      else if (code === 1) style.bold = true;
      else if (code === 2) style.dim = true;
      else if (code === 22) Object.assign(style, { bold: false, dim: false });
      else if (code === 39) style.colour = PLAIN;
      else if (COLOURS[code]) style.colour = COLOURS[code];
    }
  }
  return found;
}

const lines = readFileSync(0, 'utf8').replace(/\s+$/, '').split('\n');
const columns = Math.max(...lines.map((line) => cells(line.replaceAll(STYLES, ''))));
const width = Math.ceil(columns * CELL.width + 2 * MARGIN);
const height = lines.length * CELL.height + 2 * MARGIN;
const rows = lines.map((line, row) => {
  let column = 0;
  const spans = pieces(line).map(({ text, colour, bold, dim }) => {
    const x = (MARGIN + column * CELL.width).toFixed(1);
    column += cells(text);
    const weight = bold ? ' font-weight="bold"' : '';
    const opacity = dim ? ' opacity="0.6"' : '';
    // Each piece is as wide as its cells, whatever the font: columns stay columns.
    const length = (cells(text) * CELL.width).toFixed(1);
    return `<tspan x="${x}" textLength="${length}" lengthAdjust="spacingAndGlyphs" fill="${colour}"${weight}${opacity}>${escapeXml(text)}</tspan>`;
  });
  return `<text y="${MARGIN + (row + 0.8) * CELL.height}" xml:space="preserve">${spans.join('')}</text>`;
});
process.stdout.write(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="The live view of qwarden demo">
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14">
${rows.join('\n')}
</g>
</svg>
`);
