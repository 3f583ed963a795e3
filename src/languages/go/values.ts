import type { Place } from '../../surface/surface.ts';
import type { GoNode } from './parse.ts';

/** What an expression may stand for. */
export type Value =
  /** `partial`: a part that the source does not say is left out, such as a configured prefix. */
  | { k: 'text'; value: string; partial?: true }
  | {
      k: 'func';
      name: string;
      node: GoNode;
      pkg: Package;
      scope: Scope | undefined;
      self?: Value;
      /** The function that a literal stands in: `AuthMiddleware` of what it returns. */
      maker?: string;
    }
  | { k: 'struct'; type: string; pkg: Package; fields: Map<string, Value> }
  | { k: 'list'; items: Value[] }
  | { k: 'package'; path: string; local: Package | undefined }
  /** A name of a package that is not the project's, or the result of calling it. */
  | { k: 'external'; name: string; called: boolean; args: readonly Value[]; place: Place }
  /** An object of the framework, as its reader made it. */
  | { k: 'object'; object: object }
  | { k: 'unknown'; text: string };

export interface Package {
  /** Import path, and the folder relative to the project root. */
  path: string;
  folder: string;
  name: string;
  files: GoFile[];
  names: Map<string, Value>;
  types: Map<string, GoNode>;
  /** `Type.Method` to its declaration. */
  methods: Map<string, { node: GoNode; file: GoFile }>;
  initialised: boolean;
}

export interface GoFile {
  path: string;
  root: GoNode;
  /** Local name of each import to its path. */
  imports: Map<string, string>;
}

export interface Scope {
  file: GoFile;
  pkg: Package;
  names: Map<string, Value>;
  parent: Scope | undefined;
}

export const unknown = (text: string): Value => ({ k: 'unknown', text });

export function textOf(value: Value | undefined): string | undefined {
  return value?.k === 'text' ? value.value : undefined;
}

/** The last name of a type: `Engine` of `*gin.Engine`. */
export function typeName(node: GoNode | undefined): string {
  return (node?.text ?? '').replace(/^[*&[\]\s]+/, '').replace(/[[{(].*$/s, '');
}

export function childScope(parent: Scope): Scope {
  return { ...parent, names: new Map(), parent };
}

export function lookup(scope: Scope | undefined, name: string): Value | undefined {
  for (let at = scope; at !== undefined; at = at.parent) {
    const found = at.names.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}
