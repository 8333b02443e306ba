/** Finds the operation of a method and a raw path, segment by segment. Parameters stay percent-encoded. */

export interface Route<T> {
  readonly target: T;
  /** Raw parameters in the order of the pattern's `{…}` segments. */
  readonly parameters: readonly string[];
}

interface Node<T> {
  readonly fixed: Map<string, Node<T>>;
  parameter: Node<T> | undefined;
  methods: Map<string, T> | undefined;
}

export type RouteResult<T> = Route<T> | { readonly allow: readonly string[] } | undefined;

export class Router<T> {
  readonly #root: Node<T> = makeNode();

  /** `pattern` is `/v1/files/{ref}/entries/`: a parameter is a whole segment; a trailing slash is part of the URI. */
  add(method: string, pattern: string, target: T): void {
    let node = this.#root;
    for (const segment of pattern.slice(1).split('/')) {
      if (segment.startsWith('{')) {
        node.parameter ??= makeNode();
        node = node.parameter;
      } else {
        let next = node.fixed.get(segment);
        if (next === undefined) {
          next = makeNode();
          node.fixed.set(segment, next);
        }
        node = next;
      }
    }
    node.methods ??= new Map();
    if (node.methods.has(method)) throw new Error(`Route declared twice: ${method} ${pattern}`);
    node.methods.set(method, target);
  }

  /** The route; or the verbs that this URI offers when the method is none of them; or undefined for an unknown URI. */
  find(method: string, path: string): RouteResult<T> {
    const segments = path.slice(1).split('/');
    const parameters: string[] = [];
    const allow = new Set<string>();
    const target = descend(this.#root, segments, 0, method, parameters, allow);
    if (target !== undefined) return { target, parameters };
    return allow.size > 0 ? { allow: [...allow].sort() } : undefined;
  }
}

function makeNode<T>(): Node<T> {
  return { fixed: new Map(), parameter: undefined, methods: undefined };
}

/** Fixed segments win over parameters (`/v1/files/quotas/` over `/v1/files/{ref}/`), with a way back when they lead nowhere. */
function descend<T>(
  node: Node<T>,
  segments: readonly string[],
  index: number,
  method: string,
  parameters: string[],
  allow: Set<string>,
): T | undefined {
  const segment = segments[index];
  if (segment === undefined) {
    if (node.methods === undefined) return undefined;
    const target = node.methods.get(method);
    if (target === undefined) for (const name of node.methods.keys()) allow.add(name);
    return target;
  }
  const fixed = node.fixed.get(segment);
  if (fixed !== undefined) {
    const target = descend(fixed, segments, index + 1, method, parameters, allow);
    if (target !== undefined) return target;
  }
  if (node.parameter === undefined || segment === '') return undefined;
  parameters.push(segment);
  const target = descend(node.parameter, segments, index + 1, method, parameters, allow);
  if (target === undefined) parameters.pop();
  return target;
}
