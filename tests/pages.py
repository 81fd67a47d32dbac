"The notebooks as a reader meets them: pages of cells, prose, code and outputs; and the modules that are written from them."
import ast
import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

EXPORT = {'export', 'exports', 'exporti'}


@dataclass
class Cell:
    id: str
    kind: str               # 'markdown', 'code' or 'raw'
    source: str
    outputs: list = field(default_factory=list)

    @property
    def directives(self): return set(re.findall(r'^#\|\s*(\w+)', self.source, re.M)) if self.kind == 'code' else set()

    @property
    def exported(self): return bool(self.directives & EXPORT)

    @property
    def hidden(self): return 'hide' in self.directives

    @property
    def code(self):
        "The source without nbdev's directives."
        return '\n'.join(line for line in self.source.split('\n') if not line.startswith('#|')).strip('\n')

    @property
    def is_prose(self):
        "Markdown that says something: more than headings and marks around a block."
        return self.kind == 'markdown' and bool(re.sub(r'^(#+ .*|:::.*)$', '', self.source, flags=re.M).strip())

    @property
    def only_imports(self):
        "Is there nothing but imports, and what must be set before them?"
        def before(s): return isinstance(s, ast.Expr) and ast.unparse(s).startswith('os.environ')
        def imports(s):
            if isinstance(s, ast.Try): return all(map(imports, s.body))
            return isinstance(s, (ast.Import, ast.ImportFrom)) or before(s)
        tree = parsed(self.code)
        return tree is not None and all(map(imports, tree.body))

    @cached_property
    def texts(self):
        "What the outputs show as text, without markup and without what is embedded."
        shown = []
        for o in self.outputs:
            if 'text' in o: shown.append(joined(o['text']))
            data = o.get('data', {})
            if 'text/html' in data: shown.append(without_markup(joined(data['text/html'])))
            if 'image/svg+xml' in data: shown.append(without_markup(joined(data['image/svg+xml'])))
            for kind in 'text/plain', 'text/markdown':
                if kind in data: shown.append(joined(data[kind]))
        return shown

    def _count(self, pattern, *kinds):
        data = [o.get('data', {}) for o in self.outputs]
        return sum(len(re.findall(pattern, joined(d.get('text/html', '')))) + sum(k in d for k in kinds) for d in data)

    @property
    def n_sounds(self): return self._count('<audio')

    @property
    def n_pictures(self):
        linked = self.kind == 'markdown' and re.findall(r'!\[[^]]*\]\([^)]+\)|<img ', self.source)
        return self._count('<img |<svg', 'image/png', 'image/svg+xml', 'image/jpeg') + len(linked or [])


@dataclass
class Page:
    name: str               # 'appendix/contrast'
    path: Path
    cells: list

    @property
    def module(self):
        "The module that it writes, or None."
        return next((m[1] for c in self.cells if (m := re.search(r'^#\|\s*default_exp\s+(\S+)', c.source, re.M))), None)

    def code(self): return [c for c in self.cells if c.kind == 'code']

    def prose(self): return [c for c in self.cells if c.kind == 'markdown']

    def at(self, cell): return f'{self.path.name}, cell {cell.id}'


def joined(text): return text if isinstance(text, str) else ''.join(text)


def without_markup(html):
    "The text of a page or a table: a space for each tag."
    html = re.sub(r'<(script|style)\b.*?</\1>', ' ', html, flags=re.S)
    return re.sub(r'<[^>]*>', ' ', html).replace('&nbsp;', ' ').replace('&lt;', '<').replace('&gt;', '>').replace('&amp;', '&')


def parsed(code):
    "The syntax tree of a cell, or None where it is not Python (`%time`, `!ls`)."
    try: return ast.parse(code)
    except SyntaxError: return None


def read_page(path, name):
    cells = json.loads(path.read_text(encoding='utf-8'))['cells']
    return Page(name, path, [Cell(c.get('id', str(i)), c['cell_type'], joined(c['source']), c.get('outputs', [])) for i, c in enumerate(cells)])


def read_pages(root):
    "All pages of a checkout."
    nbs = Path(root)/'nbs'
    paths = sorted(p for p in nbs.rglob('*.ipynb') if not any(s.startswith(('_', '.')) for s in p.relative_to(nbs).parts))
    return [read_page(p, p.relative_to(nbs).with_suffix('').as_posix()) for p in paths]


# Modules ---------------------------------------------------------------------------------------------------------------------

AFTER = dict(fast_training='training', contrast='encoders')     # where the appendices stand


def order(pages):
    "Modules in the order in which a reader meets them: those of the numbered pages, and each appendix behind the page it adds to."
    modules = [p.module for p in pages if p.module and re.match(r'\d', p.name)]
    appendices = [p.module for p in pages if p.module and p.module not in modules]
    for a in appendices:
        modules.insert(modules.index(AFTER[a]) + 1 if a in AFTER else 0, a)
    return modules


def imports(tree, modules):
    "What a tree imports of songae, anywhere in it: (line, module, name or None, as, at the module's level?)."
    top = set(map(id, at_top(tree)))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for a in node.names:
                if a.name.split('.')[0] == 'songae' and '.' in a.name:
                    yield node.lineno, a.name.split('.')[1], None, a.asname, id(node) in top
        elif isinstance(node, ast.ImportFrom):
            source = (node.module or '').split('.')
            if node.level: source = ['songae', *filter(None, source)]
            if source[0] != 'songae': continue
            for a in node.names:
                if len(source) > 1: yield node.lineno, source[1], a.name, a.asname, id(node) in top
                elif a.name in modules: yield node.lineno, a.name, None, a.asname, id(node) in top
                elif a.name == 'SongMatcher': yield node.lineno, 'matcher', a.name, a.asname, id(node) in top


def at_top(tree):
    "Statements that run when a module is imported; those in `try` and `if` too."
    for s in tree.body:
        yield s
        for part in 'body', 'orelse', 'handlers', 'finalbody':
            if isinstance(s, (ast.Try, ast.If, ast.With)):
                for inner in getattr(s, part, []): yield from at_top(inner) if isinstance(inner, ast.ExceptHandler) else [inner]


def is_private(name): return name.startswith('_') and not name.startswith('__')


def own_names(tree):
    "Every name that a tree defines, arguments and attributes of `self` among them."
    names = set()
    for n in ast.walk(tree):
        if isinstance(n, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)): names.add(n.name)
        elif isinstance(n, ast.arg): names.add(n.arg)
        elif isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store): names.add(n.id)
        elif isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store): names.add(n.attr)
        elif isinstance(n, ast.alias): names.add(n.asname or n.name.split('.')[0])
    return names


def private_uses(tree, own, others):
    "Where a tree takes a private name of another module: (line, what)."
    for n in ast.walk(tree):
        if isinstance(n, ast.ImportFrom) and (n.level or (n.module or '').split('.')[0] == 'songae'):
            for a in n.names:
                if is_private(a.name): yield n.lineno, f'imports {a.name}'
        elif isinstance(n, ast.Attribute) and is_private(n.attr) and n.attr not in own and n.attr in others:
            if not (isinstance(n.value, ast.Name) and n.value.id in ('self', 'cls')): yield n.lineno, f'uses {ast.unparse(n)}'


def is_method(f):
    "Is a function attached to a class?"
    return any('patch' in ast.unparse(d) for d in getattr(f, 'decorator_list', []))


def public_names(tree):
    "Public names that a module defines, with line numbers; names that it imports under another name too."
    for s in at_top(tree):
        if isinstance(s, (ast.FunctionDef, ast.ClassDef)) and not is_method(s): yield s.name, s.lineno
        elif isinstance(s, ast.Assign):
            for t in s.targets:
                for n in ast.walk(t):
                    if isinstance(n, ast.Name): yield n.id, s.lineno
        elif isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name): yield s.target.id, s.lineno
        elif isinstance(s, ast.ImportFrom) and s.level:
            for a in s.names:
                if a.asname and a.asname != a.name: yield a.asname, s.lineno
