// Reads a page of the documentation as what is to be done with it, in its order.
//
// A fenced block of `sh` holds commands; one of `console` holds commands after "$ " and what they print. How they are run is said in comments of
// HTML, which readers do not see, on the line before the block:
//   <!-- run: exits=3 -->                    the last command ends with that code (else 0)
//   <!-- run: eventually -->                 asked again until it prints what is shown
//   <!-- run: background name=monitor -->    the last command stays; what is shown must come
//   <!-- run: in=clone -->                   in the root of the clone, and not in the page's own directory
//   <!-- run: in=clone without="npm test" because="…" -->   one command of the block is not run
//   <!-- not run: needs a cluster -->        the block is not run, and counted with this reason
//   <!-- file: rules.yml -->                 the block is the content of that file
//   <!-- said: monitor -->                   the block's lines come, in this order, from what runs in the background
// and between blocks:
//   <!-- not run on this page: … -->         no block of this page is run
//   <!-- stop: monitor exits=0 -->           Ctrl-C for what runs in the background
//   <!-- hidden                              commands that readers need not see
//   …
//   -->
const FENCE = /^(\s*)(`{3,}|~{3,})\s*(\S*)/;
const COMMENT = /^\s*<!--\s*(run|not run|not run on this page|file|said|stop):\s*(.*?)\s*-->\s*$/;
const COMMANDS = new Set(['sh', 'bash', 'shell', 'console']);

/** `background name="a b" exits=3` as an object; a word alone is true. */
export function options(text) {
  const found = {};
  for (const [, key, quoted, bare] of text.matchAll(/([\w-]+)(?:=(?:"([^"]*)"|(\S+)))?/g))
    found[key] = quoted ?? bare ?? true;
  return found;
}

/** What a page says, as `{ line, kind, … }` in its order; `kind` is commands, file, said, stop, hidden, not-run or not-run-page. */
export function readPage(text) {
  const lines = text.split('\n');
  const items = [];
  let pending;
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at];
    const comment = COMMENT.exec(line);
    if (comment) {
      const [, word, rest] = comment;
      if (word === 'not run on this page') items.push({ line: at + 1, kind: 'not-run-page', reason: rest });
      else if (word === 'stop') items.push({ line: at + 1, kind: 'stop', ...named(rest) });
      else pending = { word, rest, line: at + 1 };
      continue;
    }
    if (/^\s*<!--\s*hidden\s*$/.test(line)) {
      const end = lines.findIndex((one, index) => index > at && /^\s*-->\s*$/.test(one));
      if (end === -1) throw new Error(`line ${at + 1}: the comment is not closed`);
      items.push({ line: at + 1, kind: 'hidden', text: lines.slice(at + 1, end).join('\n') });
      at = end;
      continue;
    }
    const fence = FENCE.exec(line);
    if (!fence) {
      if (pending && line.trim() !== '')
        throw new Error(`line ${pending.line}: no block follows "${pending.word}: ${pending.rest}"`);
      continue;
    }
    const [, indent, marks, language] = fence;
    const end = lines.findIndex((one, index) => index > at && one.trim() === marks);
    if (end === -1) throw new Error(`line ${at + 1}: the block is not closed`);
    const body = lines.slice(at + 1, end).map((one) => (one.startsWith(indent) ? one.slice(indent.length) : one));
    const item = blockItem({ line: at + 1, language, body, pending });
    if (item) items.push(item);
    pending = undefined;
    at = end;
  }
  if (pending) throw new Error(`line ${pending.line}: no block follows "${pending.word}: ${pending.rest}"`);
  return items;
}

function named(rest) {
  const [name, ...more] = rest.split(/\s+/);
  return { name, ...options(more.join(' ')) };
}

function blockItem({ line, language, body, pending }) {
  const about = { line, language };
  if (pending?.word === 'file') return { ...about, kind: 'file', name: pending.rest, text: `${body.join('\n')}\n` };
  if (pending?.word === 'said') return { ...about, kind: 'said', name: pending.rest, shown: body };
  if (!COMMANDS.has(language)) {
    if (pending) throw new Error(`line ${pending.line}: "${pending.word}" stands before a block without commands`);
    return undefined;
  }
  const steps = language === 'console' ? session(body, line) : script(body);
  if (pending?.word === 'not run')
    return { ...about, kind: 'not-run', reason: pending.rest, commands: steps.map(({ command }) => command) };
  return { ...about, kind: 'commands', steps, how: pending?.word === 'run' ? options(pending.rest) : {} };
}

/** `$ command` and what it prints; a command goes on where its line ends with a backslash. */
function session(body, line) {
  const steps = [];
  for (let at = 0; at < body.length; at += 1) {
    if (!body[at].startsWith('$ ')) {
      const last = steps.at(-1);
      if (!last) throw new Error(`line ${line}: a console block begins with "$ " and a command`);
      last.shown.push(body[at]);
      continue;
    }
    let command = body[at].slice(2);
    while (command.endsWith('\\') && at + 1 < body.length) command += `\n${body[(at += 1)]}`;
    steps.push({ command, shown: [] });
  }
  return steps;
}

/** The commands of a script: a line each, unless it ends with a backslash or begins a here-document or a function. */
function script(body) {
  const steps = [];
  for (let at = 0; at < body.length; at += 1) {
    let command = body[at];
    if (command.trim() === '' || command.trim().startsWith('#')) continue;
    const here = /<<-?\s*'?(\w+)'?/.exec(command)?.[1];
    const isOver = here === undefined ? isWhole : (text) => text.split('\n').at(-1).trim() === here;
    while (!isOver(command) && at + 1 < body.length) command += `\n${body[(at += 1)]}`;
    steps.push({ command, shown: undefined });
  }
  return steps;
}

function isWhole(command) {
  if (command.endsWith('\\')) return false;
  const opens = command.match(/[{(]\s*$/gm)?.length ?? 0;
  return opens <= (command.match(/^\s*[)}]/gm)?.length ?? 0);
}
