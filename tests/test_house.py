"""The house is in order: short cells with prose before them, pages that build on those above them, one vocabulary.

What the tests go by, and the exceptions, are in house.toml. A failure names page, cell and reason;
`pytest tests/test_house.py -k 09_melspec` looks at one page.
"""
import ast
import re
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest
from pages import at_top, imports, order, own_names, private, private_uses, public_names, read_pages

ROOT = Path(__file__).parent.parent
RULES = tomllib.loads((ROOT/'tests'/'house.toml').read_text(encoding='utf-8'))
PAGES = read_pages(ROOT)
PAGE_OF = {p.module: p for p in PAGES if p.module}
ORDER = order(PAGES)
MODULES = {p.stem: p for p in sorted((ROOT/'songae').glob('*.py')) if not p.stem.startswith('_')}
TREES = {m: ast.parse(p.read_text(encoding='utf-8')) for m, p in MODULES.items()}
PRIVATE = {m: private(own_names(t)) for m, t in TREES.items()}
HEAVY = ['autoencoders', 'training', 'fast_training', 'contrast']       # may load TensorFlow, Keras and numba at once
CODE = [p for folder in ('benchmarks', 'tests') for p in sorted((ROOT/folder).glob('*.py'))]
STATIC = [p for p in sorted((ROOT/'songae'/'static').glob('*')) if p.name not in RULES['bundled']]
TEXTS = [*sorted(ROOT.glob('*.md')), *sorted(ROOT.glob('*.yml')), ROOT/'Makefile', *STATIC, *CODE]


def each(name, things, ids):
    "A test for each of some things."
    return pytest.mark.parametrize(name, [pytest.param(t, id=ids(t)) for t in things])


def name_of(path): return path.relative_to(ROOT).as_posix()


def page_of(module): return PAGE_OF[module].name if module in PAGE_OF else module


each_page = each('page', PAGES, lambda p: p.name)
each_module = each('module', TREES, page_of)


def report(problems):
    "Fail with a line for each problem."
    problems = list(dict.fromkeys(problems))
    if problems: pytest.fail('\n' + '\n'.join(problems), pytrace=False)


def in_module(module, line): return f'{page_of(module)}.ipynb → songae/{module}.py, line {line}'


# Cells ----------------------------------------------------------------------------------------------------------------

@each_page
def test_page_opens_with_title_and_line(page):
    first = page.cells[0]
    opens = first.kind == 'markdown' and re.match(r'# \S.*\n\s*\n?> \S', first.source)
    report([] if opens else [f'{page.at(first)}: the first cell should be "# Title" and "> one line"'])
    more = [line for line in first.source.split('\n')[1:] if line.strip() and not line.startswith('>')]
    report([f'{page.at(first)}: not shown in the documentation, since it stands below the title: {more[0]}'] if more else [])


@each_page
def test_exported_cells_are_short(page):
    lengths = [(c, len(c.code.split('\n'))) for c in page.code() if c.exported]
    report(f'{page.at(c)}: {n} exported lines, more than 40' for c, n in lengths if n > 40)


@each_page
def test_lines_of_cells_are_short(page):
    lines = [(c, line) for c in page.code() for line in c.source.split('\n') if len(line) > 120]
    report(f'{page.at(c)}: {len(line)} characters in the line  {line.strip()[:60]} …' for c, line in lines)


@each('path', [*MODULES.values(), *STATIC], lambda p: f'{page_of(p.stem)}/{p.name}')
def test_lines_of_modules_are_short(path):
    text = path.read_text(encoding='utf-8')
    text = re.sub(r'^__all__ = \[.*?\]', lambda m: '\n'*m[0].count('\n'), text, flags=re.S | re.M)      # nbdev's lines
    lines = [(i, line) for i, line in enumerate(text.split('\n'), 1) if len(line) > 120]
    report(f'{name_of(path)}, line {i}: {len(line)} characters in  {line.strip()[:60]} …' for i, line in lines)


@each_page
def test_prose_stands_before_exported_cells(page):
    seen = [c for c in page.cells if c.exported or not c.hidden]
    bare = [c for before, c in zip(seen, seen[1:]) if c.exported and not c.only_imports and not before.is_prose]
    report(f'{page.at(c)}: no prose directly before the exported cell  {c.code[:60].splitlines()[0]}' for c in bare)


@each_page
def test_page_has_a_sound_or_a_picture(page):
    linked = [target for c in page.prose() for target in re.findall(r'!\[[^]]*\]\(([^)\s]+)', c.source)]
    shows = any(c.n_sounds or c.n_pictures for c in page.code()) or any((page.path.parent/t).exists() for t in linked)
    report([] if shows else [f'{page.path.name}: no sound and no picture in the stored outputs, and no picture linked'])


@each_page
def test_links_lead_somewhere(page):
    targets = [(c, t) for c in page.prose() for t in re.findall(r'\]\((?!\w+:|#|<)([^)#\s]+)', c.source)]
    report(f'{page.at(c)}: no such file: {t}' for c, t in targets if not (page.path.parent/t).exists())


@each_page
def test_commands_exist(page):
    commands = set(terminal_commands())
    for c in page.prose():
        code = '\n'.join(re.findall(r'```.*?```|`[^`]*`', c.source, re.S))
        named = re.findall(r'(?:^|`)songae ([a-z]+)\b', code, re.M)
        report(f'{page.at(c)}: no such command: songae {name}' for name in named if name not in commands)
        scripts = re.findall(r'benchmarks/\w+\.py', c.source)
        report(f'{page.at(c)}: no such file: {s}' for s in scripts if not (ROOT/s).exists())


def terminal_commands():
    "Names of the commands of `songae`: those of functions, or what their decorators say."
    for f in TREES['cli'].body:
        for d in getattr(f, 'decorator_list', []):
            if '.command(' in ast.unparse(d): yield d.args[0].value if d.args else f.name
    for s in ast.walk(TREES['cli']):        # groups of commands
        if isinstance(s, ast.Call) and ast.unparse(s.func) == 'app.add_typer': yield s.keywords[0].value.value


# Order ----------------------------------------------------------------------------------------------------------------

@each_page
def test_page_and_module_have_one_name(page):
    name = re.sub(r'^\d+_', '', page.path.stem)
    report([f'{page.path.name} writes the module {page.module}'] if page.module not in (None, name) else [])


def test_every_module_is_written_by_a_page():
    assert set(TREES) == set(PAGE_OF) == set(ORDER)


@each_module
def test_module_imports_only_from_pages_above(module):
    above = set(ORDER[:ORDER.index(module)])
    if module == 'metrics': above &= {'basics', 'neighbors'}        # the judge does not know the defendants
    if module == 'basics': above = set()
    report(f'{in_module(module, node.lineno)}: imports {name or "the module"} from {source}, which is not above it'
           for node, source, name in imports(TREES[module], ORDER) if source not in above)


@each_module
def test_only_networks_load_tensorflow_at_once(module):
    if module in HEAVY: return
    top = set(map(id, at_top(TREES[module])))
    found = [(node, source) for node, source, _ in imports(TREES[module], ORDER) if id(node) in top and source in HEAVY]
    for s in at_top(TREES[module]):
        names = [s.module or ''] if isinstance(s, ast.ImportFrom) else [a.name for a in getattr(s, 'names', [])]
        found += [(s, n) for n in names if n.split('.')[0] in ('tensorflow', 'keras', 'numba')]
    report(f'{in_module(module, s.lineno)}: loads {name} at once, not where it is needed' for s, name in found)


@each_module
def test_methods_are_attached_by_patch_to(module):
    statements = [s for s in at_top(TREES[module]) if isinstance(s, ast.Assign)]
    targets = [t for s in statements for target in s.targets for t in ast.walk(target) if isinstance(t, ast.Attribute)]
    attached = [t for t in targets if ast.unparse(t.value)[0].isupper()]
    report(f'{in_module(module, t.lineno)}: attaches {ast.unparse(t)} by assignment, not by patch_to' for t in attached)


def private_elsewhere(module=None): return set().union(*(names for m, names in PRIVATE.items() if m != module))


@each_module
def test_modules_keep_off_private_names_of_others(module):
    uses = private_uses(TREES[module], PRIVATE[module], private_elsewhere(module))
    report(f'{in_module(module, line)}: {how}, private to another module' for line, _, how in uses)


@each_page
def test_visible_cells_keep_off_private_names_of_others(page):
    own = PRIVATE.get(page.module, set()).union(*(own_names(c.tree) for c in page.code() if c.tree))
    visible = [c for c in page.code() if c.tree and not c.hidden and not c.exported]
    uses = [(c, how) for c in visible for _, _, how in private_uses(c.tree, own, private_elsewhere(page.module))]
    report(f'{page.at(c)}: {how}, private to another module' for c, how in uses)


@each('path', CODE, name_of)
def test_other_code_keeps_off_private_names(path):
    tree, known = ast.parse(path.read_text(encoding='utf-8')), RULES['private'].get(name_of(path), [])
    uses = list(private_uses(tree, own_names(tree), private_elsewhere()))
    report(f'{name_of(path)}, line {line}: {how}, private to songae' for line, name, how in uses if name not in known)
    unused = set(known) - {name for _, name, _ in uses}
    report(f'house.toml, private names in {name_of(path)}: {name} is not used' for name in unused)


# Words ----------------------------------------------------------------------------------------------------------------

WORDS = {re.compile(rf'(?<![A-Za-z])(?:{pattern})(?![a-z])', re.I): better
         for pattern, better in (RULES['words'] | RULES['spelling']).items()}
NO_WORDS = re.compile(r'https?://\S+|\]\([^)]*\)|data:[\w/]+;base64,\S+')


def unwanted(text, allowed=()):
    "Words of a text that the project does not use: (word, what to write)."
    text, allowed = NO_WORDS.sub(' ', text), [w.lower() for w in allowed]
    for pattern, better in WORDS.items():
        yield from ((m[0], better) for m in pattern.finditer(text) if m[0].lower() not in allowed)


@each_page
def test_words_of_pages(page):
    allowed = RULES['allowed'].get(page.name, ())
    report(f'{page.at(c)}: "{word}" → {better}' for c in page.cells for word, better in unwanted(c.source, allowed))


@each('path', [p for p in TEXTS if p.name not in ('README.md', 'test_house.py')], name_of)     # from index; quotes them
def test_words_of_other_files(path):
    lines, allowed = path.read_text(encoding='utf-8').split('\n'), RULES['allowed'].get(name_of(path), ())
    report(f'{name_of(path)}, line {i}: "{word}" → {better}'
           for i, line in enumerate(lines, 1) for word, better in unwanted(line, allowed))


def test_words_are_found():
    text = 'The neighbour of_catalogue, Colours: they wander; discriminant analysis, four hours, https://x.y/colour'
    assert sorted(word for word, _ in unwanted(text)) == ['Colours', 'catalogue', 'neighbour', 'wander']
    assert [word for word, _ in unwanted(text, ['colours', 'wander'])] == ['neighbour', 'catalogue']


@each_module
def test_old_names_are_gone(module):
    nodes = list(ast.walk(TREES[module]))
    names = [(n.name, n.lineno) for n in nodes if isinstance(n, (ast.FunctionDef, ast.ClassDef))]
    names += public_names(TREES[module])
    arguments = [(n.arg, n.lineno) for n in nodes if isinstance(n, ast.arg)]
    for kind, found in dict(names=names, arguments=arguments).items():
        now = RULES[kind]
        report(f'{in_module(module, line)}: {name} → {now[name]}' for name, line in found if name in now)


def test_a_public_name_means_one_thing():
    where = defaultdict(dict)
    for module, tree in TREES.items():
        for name, line in public_names(tree): where[name].setdefault(module, f'songae/{module}.py, line {line}')
    report(f'{name}: ' + ' and '.join(places.values()) for name, places in where.items()
           if len(places) > 1 and name not in RULES['twice'])
