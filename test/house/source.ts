import { posix } from 'node:path';
import { parseAst } from 'vitest/node';
import { isNode, memberOf, nameOf, type SyntaxNode, stringOf, walk } from './syntax.ts';

/** One way in which a file names another file or a package. */
export interface Import {
  /** As written: a package, a module of Node's own, or a path made to start with a dot. */
  readonly specifier: string;
  /** The names it takes; `*` stands for all of them. */
  readonly names: readonly string[];
}

export interface Export {
  readonly name: string;
  readonly isFunction: boolean;
  /** An interface or another type: nothing is left of it when the program runs. */
  readonly isType: boolean;
  readonly hasDocs: boolean;
}

/** What the house rules look at in one TypeScript file. */
export interface Source {
  /** From the root of the repository, with slashes. */
  readonly path: string;
  readonly lineCount: number;
  readonly imports: readonly Import[];
  readonly exports: readonly Export[];
  /** Reads of a clock or of chance, as written, with their lines: `Date.now (12)`. */
  readonly clockReads: readonly string[];
  /** The lines with an `any`. */
  readonly anyLines: readonly number[];
  /** The text with every string and pattern blanked out: comments and code remain, line by line. */
  readonly bareLines: readonly string[];
}

const clockMembers = new Set(['Date.now', 'Math.random', 'performance.now', 'process.hrtime']);
const chanceNames = new Set(['randomUUID', 'randomBytes', 'randomInt', 'getRandomValues']);
const literals = new Set(['Literal', 'TemplateElement', 'JSXText']);

/** @throws SyntaxError for text that is no TypeScript. */
export function readSource(path: string, text: string): Source {
  const program: unknown = parseAst(text, { lang: path.endsWith('.d.ts') ? 'dts' : 'ts' });
  const imports: Import[] = [];
  const exports: Export[] = [];
  const clockReads: string[] = [];
  const anyLines: number[] = [];
  let bare = text;
  const lineOf = (node: SyntaxNode): number => text.slice(0, node.start).split('\n').length;
  walk(program, (node) => {
    const found = importOf(node);
    if (found !== undefined) imports.push(found);
    exports.push(...exportsOf(node, text));
    const clock = clockOf(node);
    if (clock !== undefined) clockReads.push(`${clock} (${lineOf(node)})`);
    if (node.type === 'TSAnyKeyword') anyLines.push(lineOf(node));
    if (literals.has(node.type)) bare = blank(bare, node);
  });
  const lineCount = text.trimEnd().split('\n').length;
  return { path, lineCount, imports, exports, clockReads, anyLines, bareLines: bare.split('\n') };
}

/** The file of the repository that an import of `path` means; undefined for packages. */
export function importedPath(path: string, { specifier }: Import): string | undefined {
  return specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : undefined;
}

/** The package that an import means; undefined for files and for modules of Node's own. */
export function importedPackage({ specifier }: Import): string | undefined {
  if (specifier.startsWith('.') || specifier.startsWith('node:')) return undefined;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function importOf(node: SyntaxNode): Import | undefined {
  const source = stringOf(node['source']);
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
      return source === undefined ? undefined : { specifier: source, names: namesTaken(node) };
    case 'ExportAllDeclaration':
    case 'ImportExpression':
      return source === undefined ? undefined : { specifier: source, names: ['*'] };
    case 'TSImportType':
      return source === undefined
        ? undefined
        : { specifier: source, names: [nameOf(node['qualifier']) ?? '*'] };
    case 'NewExpression':
      return fileBesideThisOne(node);
    default:
      return undefined;
  }
}

function namesTaken(node: SyntaxNode): readonly string[] {
  const specifiers = Array.isArray(node['specifiers']) ? node['specifiers'].filter(isNode) : [];
  return specifiers.map((specifier) => {
    if (specifier.type === 'ImportDefaultSpecifier') return 'default';
    const name = specifier.type === 'ImportSpecifier' ? 'imported' : 'local';
    return specifier.type === 'ImportNamespaceSpecifier' ? '*' : (nameOf(specifier[name]) ?? '*');
  });
}

/** `new URL('./worker.ts', import.meta.url)`: how workers, scripts and assets are named. */
function fileBesideThisOne(node: SyntaxNode): Import | undefined {
  const [file, base]: readonly unknown[] = Array.isArray(node['arguments'])
    ? node['arguments']
    : [];
  const specifier = stringOf(file);
  if (nameOf(node['callee']) !== 'URL' || specifier === undefined) return undefined;
  if (!isNode(base) || nameOf(base['property']) !== 'url') return undefined;
  return { specifier: specifier.startsWith('.') ? specifier : `./${specifier}`, names: ['*'] };
}

function exportsOf(node: SyntaxNode, text: string): readonly Export[] {
  if (node.type !== 'ExportNamedDeclaration') return [];
  const hasDocs = followsDocs(text.slice(0, node.start).trimEnd());
  const declaration = node['declaration'];
  if (!isNode(declaration)) {
    const specifiers = Array.isArray(node['specifiers']) ? node['specifiers'].filter(isNode) : [];
    const names = specifiers.map((specifier) => nameOf(specifier['exported']) ?? '*');
    return names.map((name) => ({ name, isFunction: false, isType: false, hasDocs }));
  }
  if (declaration.type === 'VariableDeclaration') {
    const variables = Array.isArray(declaration['declarations'])
      ? declaration['declarations'].filter(isNode)
      : [];
    return variables.map((variable) => {
      const value = variable['init'];
      const isFunction = isNode(value) && value.type === 'ArrowFunctionExpression';
      return { name: nameOf(variable['id']) ?? '*', isFunction, isType: false, hasDocs };
    });
  }
  const isFunction = /^(TSDeclareFunction|FunctionDeclaration|ClassDeclaration)$/.test(
    declaration.type,
  );
  const isType = declaration.type.startsWith('TS') && !isFunction;
  return [{ name: nameOf(declaration['id']) ?? '*', isFunction, isType, hasDocs }];
}

/** The text ends with a comment, and that begins with two stars. */
function followsDocs(before: string): boolean {
  return before.endsWith('*/') && before.startsWith('/**', before.lastIndexOf('/*'));
}

function clockOf(node: SyntaxNode): string | undefined {
  const member = memberOf(node);
  if (member !== undefined && clockMembers.has(member)) return member;
  if (node.type === 'Identifier') {
    const name = nameOf(node);
    return name !== undefined && chanceNames.has(name) ? name : undefined;
  }
  if (nameOf(node['callee']) !== 'Date') return undefined;
  const unasked = Array.isArray(node['arguments']) && node['arguments'].length === 0;
  if (node.type === 'CallExpression') return 'Date()';
  return node.type === 'NewExpression' && unasked ? 'new Date()' : undefined;
}

function blank(text: string, { start, end }: SyntaxNode): string {
  const blanked = text.slice(start, end).replace(/[^\n]/g, ' ');
  return text.slice(0, start) + blanked + text.slice(end);
}
