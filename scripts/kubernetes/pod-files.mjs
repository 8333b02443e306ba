// What a pod's containers find on their file system, laid out as the kubelet does it, below a directory of this machine.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

let made = 0;

/**
 * Writes the files of a Secret or a ConfigMap: `..data` leads to a directory with a name of its own, the files lead through `..data`,
 * and a change is one renaming of that link. Whoever has a file open keeps the old one; whoever watches the file itself sees nothing.
 */
export function writeProjected(directory, files) {
  mkdirSync(directory, { recursive: true });
  const before = readProjected(directory);
  if (before !== undefined && JSON.stringify(before) === JSON.stringify(files)) return false;
  made += 1;
  const version = `..2026_01_01_00_00_00.${made}`;
  mkdirSync(join(directory, version));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, version, name), text);
  const old =
    before === undefined ? [] : readdirSync(directory).filter((name) => /^\.\.\d/.test(name) && name !== version);
  symlinkSync(version, join(directory, '..data_tmp'));
  renameSync(join(directory, '..data_tmp'), join(directory, '..data'));
  for (const name of Object.keys(files)) {
    if (before === undefined || !(name in before)) symlinkSync(join('..data', name), join(directory, name));
  }
  for (const name of Object.keys(before ?? {})) if (!(name in files)) rmSync(join(directory, name));
  for (const name of old) rmSync(join(directory, name), { recursive: true });
  return true;
}

function readProjected(directory) {
  try {
    const names = readdirSync(join(directory, '..data')).sort();
    return Object.fromEntries(names.map((name) => [name, readFileSync(join(directory, '..data', name), 'utf8')]));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The volumes of one pod. */
export class PodFiles {
  #spec;
  #directory;
  #claims;
  #contentOf;

  /**
   * @param spec of the pod
   * @param directory of this pod alone
   * @param options `claims`: directory of the volumes that outlive pods; `contentOf(kind, name)`: the files of a Secret or ConfigMap
   */
  constructor(spec, directory, { claims, contentOf }) {
    this.#spec = spec;
    this.#directory = directory;
    this.#claims = claims;
    this.#contentOf = contentOf;
  }

  /** Makes what is not there yet, and brings Secrets and ConfigMaps up to date. */
  write() {
    for (const volume of this.#spec.volumes ?? []) {
      const place = this.#placeOf(volume);
      const source = volume.secret
        ? ['Secret', volume.secret.secretName, volume.secret.items]
        : volume.configMap && ['ConfigMap', volume.configMap.name, volume.configMap.items];
      if (!source) {
        mkdirSync(place, { recursive: true });
        continue;
      }
      const [kind, name, items] = source;
      const content = this.#contentOf(kind, name);
      const wanted = items ?? Object.keys(content).map((key) => ({ key, path: key }));
      const files = wanted.map(({ key, path }) => {
        if (content[key] === undefined) throw new Error(`the ${kind} ${name} has no key "${key}"`);
        return [path, content[key]];
      });
      writeProjected(place, Object.fromEntries(files.sort(([a], [b]) => (a < b ? -1 : 1))));
    }
  }

  /** A text of the pod, with the places of its mounts replaced by those on this machine. */
  inside(text, container) {
    const mounts = (container.volumeMounts ?? []).toSorted((a, b) => b.mountPath.length - a.mountPath.length);
    const found = mounts.find(({ mountPath }) => text.includes(mountPath));
    if (found === undefined) return text;
    const volume = this.#spec.volumes.find(({ name }) => name === found.name);
    return text.replaceAll(found.mountPath, join(this.#placeOf(volume), found.subPath ?? ''));
  }

  /** What a container of this pod has in its environment. */
  environment(container) {
    return Object.fromEntries(
      (container.env ?? []).map(({ name, value, valueFrom }) => {
        const { name: secret, key } = valueFrom?.secretKeyRef ?? {};
        return [name, secret ? this.#contentOf('Secret', secret)[key] : this.inside(value ?? '', container)];
      }),
    );
  }

  #placeOf(volume) {
    const claim = volume.persistentVolumeClaim?.claimName;
    return claim ? join(this.#claims, claim) : join(this.#directory, volume.name);
  }
}
