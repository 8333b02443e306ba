// Compares what a command prints with what a page shows: "…" in a line stands for anything in it, a line of "…" alone for any lines.
// How wide the columns of a table are does not count, neither in the gaps nor in the line below the heads.

const escape = (text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

const plain = (line) =>
  line
    .replaceAll(/[ \t]+/g, ' ')
    .replaceAll(/-{2,}/g, '--')
    .trim();

/** Whether `printed` is what is `shown`; with `andMore` further lines may come. */
export function isShown(shown, printed, { andMore = false } = {}) {
  const lines = trimmed(shown.map(plain));
  const got = trimmed(printed.split('\n').map(plain));
  return matches(lines, 0, got, 0, andMore);
}

function matches(lines, at, got, from, andMore) {
  if (at === lines.length) return andMore || from === got.length;
  if (lines[at] === '…') {
    for (let next = from; next <= got.length; next += 1) if (matches(lines, at + 1, got, next, andMore)) return true;
    return false;
  }
  if (from === got.length) return false;
  const pattern = new RegExp(`^${lines[at].split('…').map(escape).join('.*')}$`, 'u');
  return pattern.test(got[from]) && matches(lines, at + 1, got, from + 1, andMore);
}

/** Without empty lines at both ends. */
function trimmed(lines) {
  const first = lines.findIndex((line) => line !== '');
  return first === -1 ? [] : lines.slice(first, lines.findLastIndex((line) => line !== '') + 1);
}
