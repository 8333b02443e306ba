import { spawnSync } from 'node:child_process';

/** What python3's ConfigParser() makes of a text: an error's class, or each value (or its error's class) by section. */
export type PythonReading =
  | { error: string }
  | { sections: Record<string, Record<string, string | { error: string }>> };

const program = `
import configparser, io, json, sys
out = []
for text in json.load(sys.stdin):
    parser = configparser.ConfigParser()
    try:
        # As open() in text mode hands it over: universal newlines.
        parser.read_file(io.StringIO(text, newline=None), 'file')
    except Exception as error:
        out.append({'error': type(error).__name__})
        continue
    sections = {}
    for name in ['DEFAULT', *parser.sections()]:
        values = sections[name] = {}
        for key in parser[name]:
            try:
                values[key] = parser.get(name, key)
            except Exception as error:
                values[key] = {'error': type(error).__name__}
    out.append({'sections': sections})
json.dump(out, sys.stdout)
`;

/** One python process reads all texts. */
export function readWithPython(texts: readonly string[]): PythonReading[] {
  const done = spawnSync('python3', ['-c', program], {
    input: JSON.stringify(texts),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (done.status !== 0) throw new Error(`python3 failed: ${done.stderr}`);
  const readings: PythonReading[] = JSON.parse(done.stdout);
  return readings;
}
