"The notebooks as a reader meets them, cells of prose, code and outputs; and the modules written from them."
import ast
import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from pathlib import Path

EXPORT = {'export', 'exports', 'exporti'}
AFTER = dict(fast_training='training', contrast='encoders', musicnn='encoders', large='library')     # the page behind which an appendix stands


# Pages ----------------------------------------------------------------------------------------------------------------

@dataclass
class Cell:
    id: str
    kind: str               # 'markdown', 'code' or 'raw'
    source: str
    outputs: list = field(default_factory=list)

    @cached_property
    def directives(self):
        "nbdev's: export, hide, eval, …"
        return set(re.findall(r'^#\|\s*(\w+)', self.source, re.M)) if self.kind == 'code' else set()

    @property
    def exported(self): return bool(self.directives & EXPORT)

    @property
    def hidden(self): return 'hide' in self.directives

    @cached_property
    def code(self):
        "The source without nbdev's directives."
        return '\n'.join(line for line in self.source.split('\n') if not line.startswith('#|')).strip('\n')

    @cached_property
    def tree(self):
        "The syntax tree, or None of what is not Python (`%time`, `!ls`)."
        try: return ast.parse(self.code)
        except SyntaxError: return None

    @property
    def is_prose(self):
        "Markdown that says something: more than headings and the marks of a block."
        return self.kind == 'markdown' and bool(re.sub(r'^(#+ .*|:::.*)$', '', self.source, flags=re.M).strip())

    @cached_property
    def only_imports(self): return self.tree is not None and all(map(imports_or_prepares, self.tree.body))

    @cached_property
    def texts(self):
        "What the outputs show as text, without markup and without what is embedded."
        shown = []
        for o in self.outputs:
            data = o.get('data', {})
            shown += [joined(o['text'])] if 'text' in o else []
            shown += [joined(data[kind]) for kind in ('text/plain', 'text/markdown') if kind in data]
            shown += [without_markup(joined(data[kind])) for kind in ('text/html', 'image/svg+xml') if kind in data]
        return shown

    @property
    def n_sounds(self): return self._count('<audio')

    @property
    def n_pictures(self):
        "Pictures in the outputs, or in the prose."
        if self.kind == 'markdown': return len(re.findall(r'!\[[^]]*\]\([^)]+\)|<img ', self.source))
        return self._count('<img |<svg', 'image/png', 'image/svg+xml', 'image/jpeg')

    def _count(self, pattern, *kinds):
        data = [o.get('data', {}) for o in self.outputs]
        in_html = sum(len(re.findall(pattern, joined(d.get('text/html', '')))) for d in data)
        return in_html + sum(kind in d for d in data for kind in kinds)


@dataclass
class Page:
    name: str               # 'appendix/contrast'
    path: Path
    cells: list

    @property
    def module(self):
        "The module that the page writes, or None."
        found = (re.search(r'^#\|\s*default_exp\s+(\S+)', c.source, re.M) for c in self.cells)
        return next((m[1] for m in found if m), None)

    def code(self): return [c for c in self.cells if c.kind == 'code']

    def prose(self): return [c for c in self.cells if c.kind == 'markdown']

    def at(self, cell): return f'{self.path.name}, cell {cell.id}'


def read_pages(root):
    "All pages of a checkout."
    nbs = Path(root)/'nbs'
    names = sorted(p.relative_to(nbs).with_suffix('') for p in nbs.rglob('*.ipynb'))
    names = [n for n in names if not any(s.startswith(('_', '.')) for s in n.parts)]
    return [read_page(nbs/f'{n}.ipynb', n.as_posix()) for n in names]


def read_page(path, name):
    cells = json.loads(path.read_text(encoding='utf-8'))['cells']
    return Page(name, path, [Cell(c['id'], c['cell_type'], joined(c['source']), c.get('outputs', [])) for c in cells])


def joined(text): return text if isinstance(text, str) else ''.join(text)


def without_markup(html):
    "The text of a page or a table: a space for each tag."
    html = re.sub(r'<(script|style)\b.*?</\1>', ' ', html, flags=re.S)
    text = re.sub(r'<[^>]*>', ' ', html)
    return unescape(text)


def imports_or_prepares(statement):
    "An import, or what must be set before one."
    if isinstance(statement, ast.Try): return all(map(imports_or_prepares, statement.body))
    if isinstance(statement, ast.Expr): return ast.unparse(statement).startswith('os.environ')
    return isinstance(statement, (ast.Import, ast.ImportFrom))


# Modules --------------------------------------------------------------------------------------------------------------

def order(pages):
    "Modules as a reader meets them: those of the numbered pages, each appendix behind the page that it adds to."
    modules = [p.module for p in pages if p.module and re.match(r'\d', p.name)]
    for appendix in [p.module for p in pages if p.module and p.module not in modules]:
        modules.insert(modules.index(AFTER[appendix]) + 1 if appendix in AFTER else 0, appendix)
    return modules


def at_top(tree):
    "Statements that run when a module is imported; those in `try` and `if` too."
    for s in tree.body:
        yield s
        if isinstance(s, (ast.Try, ast.If, ast.With)):
            inner = [*s.body, *getattr(s, 'orelse', []), *getattr(s, 'finalbody', [])]
            yield from inner + [x for h in getattr(s, 'handlers', []) for x in h.body]


def imports(tree, modules):
    "What a tree imports of songae, anywhere in it: (node, module, name or None for the module itself)."
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            parts = [a.name.split('.') for a in node.names]
            yield from ((node, p[1], None) for p in parts if p[0] == 'songae' and len(p) > 1)
        elif isinstance(node, ast.ImportFrom) and of_songae(node):
            module = (node.module or '').removeprefix('songae').lstrip('.')
            for a in node.names:
                if module: yield node, module, a.name
                elif a.name == 'SongMatcher': yield node, 'matcher', a.name
                elif a.name in modules: yield node, a.name, None


def of_songae(node): return bool(node.level) or (node.module or '').split('.')[0] == 'songae'


def public_names(tree):
    "Public names that a module defines, or gives to what it imports: (name, line)."
    for s in at_top(tree):
        if isinstance(s, (ast.FunctionDef, ast.ClassDef)) and not is_method(s): names = [s.name]
        elif isinstance(s, ast.Assign): names = [n.id for t in s.targets for n in assigned(t)]
        elif isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name): names = [s.target.id]
        elif isinstance(s, ast.ImportFrom) and of_songae(s): names = [a.asname for a in s.names if a.asname]
        else: names = []
        yield from ((n, s.lineno) for n in names if not n.startswith('_'))


def assigned(target): return [n for n in ast.walk(target) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]


def is_method(f):
    "Is a function attached to a class?"
    return any(ast.unparse(d).startswith('patch') for d in f.decorator_list)


def own_names(tree):
    "Every name that a tree defines, arguments and attributes among them."
    def defined(n):
        if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)): return n.name
        if isinstance(n, ast.arg): return n.arg
        if isinstance(n, ast.alias): return n.asname or n.name.split('.')[0]
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store): return n.id
        if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store): return n.attr
    return set(map(defined, ast.walk(tree))) - {None}


def private(names):
    "Those that begin with one underscore; `_repr_html_` is Jupyter's."
    return {n for n in names if n.startswith('_') and not n.startswith('__') and not n.endswith('_')}


def private_uses(tree, own, others):
    "Where a tree takes a private name of another module: (line, name, how)."
    for n in ast.walk(tree):
        if isinstance(n, ast.ImportFrom) and of_songae(n):
            yield from ((n.lineno, name, f'imports {name}') for name in sorted(private(a.name for a in n.names)))
        elif isinstance(n, ast.Attribute) and n.attr in others - own:
            of_itself = isinstance(n.value, ast.Name) and n.value.id in ('self', 'cls')
            if not of_itself: yield n.lineno, n.attr, f'uses {ast.unparse(n)}'
