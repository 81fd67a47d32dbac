"""The house is in order: short cells with prose before them, pages that build on those above, one vocabulary, figures that are shown.

What the tests go by, and the exceptions, are in house.toml. A failure names page, cell and reason; `pytest -k 07_melspec` looks at one page.
"""
import ast
import re
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest
from figures import missing
from pages import Cell, Page, at_top, imports, is_private, order, own_names, parsed, private_uses, public_names, read_pages

ROOT = Path(__file__).parent.parent
RULES = tomllib.loads((Path(__file__).parent/'house.toml').read_text(encoding='utf-8'))
PAGES = read_pages(ROOT)
TREES = {p.stem: ast.parse(p.read_text(encoding='utf-8')) for p in (ROOT/'songae').glob('*.py') if not p.stem.startswith('_')}
ORDER = order(PAGES)
PAGE_OF = {p.module: p for p in PAGES if p.module}
HEAVY = ['autoencoders', 'training', 'fast_training', 'contrast']       # may import TensorFlow, Keras and numba when they are imported

each_page = pytest.mark.parametrize('page', PAGES, ids=lambda p: p.name)
each_module = pytest.mark.parametrize('module', [pytest.param(m, id=PAGE_OF[m].name if m in PAGE_OF else m) for m in TREES])


def report(problems):
    "Fail with a line for each problem."
    problems = list(dict.fromkeys(problems))
    if problems: pytest.fail('\n' + '\n'.join(problems), pytrace=False)


# Cells -----------------------------------------------------------------------------------------------------------------------

@each_page
def test_page_opens_with_title_and_line(page):
    first = page.cells[0]
    if not (first.kind == 'markdown' and re.match(r'# \S.*\n\s*\n?> \S', first.source)):
        report([f'{page.at(first)}: the first cell should be "# Title" and "> one line"'])


@each_page
def test_cells_are_short(page):
    report(f'{page.at(c)}: {n} lines are exported, more than 40' for c in page.code() if c.exported and (n := len(c.code.split('\n'))) > 40)


@each_page
def test_lines_of_cells_are_short(page):
    report(f'{page.at(c)}: {len(line)} characters in the line  {line.strip()[:60]} …'
           for c in page.code() for line in c.source.split('\n') if len(line) > 120)


@pytest.mark.parametrize('path', sorted(p for p in [*(ROOT/'songae').glob('*.py'), *(ROOT/'songae'/'static').glob('*')] if p.name != '_modidx.py'),
                         ids=lambda p: f'{PAGE_OF[p.stem].name}/{p.name}' if p.stem in PAGE_OF else p.name)
def test_lines_of_modules_are_short(path):
    text = re.sub(r'^__all__ = \[.*?\]', lambda m: '\n'*m[0].count('\n'), path.read_text(encoding='utf-8'), flags=re.S | re.M)     # nbdev's lines
    report(f'{path.name}, line {i}: {len(line)} characters in  {line.strip()[:60]} …'
           + (' (the page\'s "> line")' if line.startswith('"""') else '') for i, line in enumerate(text.split('\n'), 1) if len(line) > 120)


@each_page
def test_prose_stands_before_exported_cells(page):
    def problems():
        before = None
        for c in page.cells:
            if c.kind == 'code' and c.exported and not c.only_imports and not (before and before.is_prose):
                yield f'{page.at(c)}: no prose directly before the exported cell  {c.code.split(chr(10))[0][:60]}'
            if not (c.hidden and not c.exported): before = c       # a hidden cell is not on the page
    report(problems())


@each_page
def test_page_has_a_sound_or_a_picture(page):
    linked = [(page.path.parent/t).exists() for c in page.prose() for t in re.findall(r'!\[[^]]*\]\(([^)\s]+)', c.source)]
    if not any(linked) and not any(c.n_sounds or c.n_pictures for c in page.code()):
        report([f'{page.path.name}: nothing to hear or see: no <audio, no picture in the stored outputs, no linked picture'])


@each_page
def test_links_lead_somewhere(page):
    report(f'{page.at(c)}: no such file: {target}' for c in page.prose() for target in re.findall(r'\]\((?!\w+:|#|<)([^)#\s]+)', c.source)
           if not (page.path.parent/target).exists())


@each_page
def test_commands_that_are_named_exist(page):
    cli = TREES['cli'].body
    commands = {f.name for f in cli if isinstance(f, ast.FunctionDef) and any('.command(' in ast.unparse(d) for d in f.decorator_list)}
    commands |= {a.value for f in cli if isinstance(f, ast.FunctionDef) for d in f.decorator_list for a in getattr(d, 'args', []) if isinstance(a, ast.Constant)}
    for c in page.prose():
        report(f'{page.at(c)}: no such command: songae {name}' for name in re.findall(r'(?:^|`)songae ([a-z]+)\b', c.source, re.M) if name not in commands)
        report(f'{page.at(c)}: no such file: {name}' for name in re.findall(r'benchmarks/\w+\.py', c.source) if not (ROOT/name).exists())


# Order -----------------------------------------------------------------------------------------------------------------------

@each_page
def test_page_and_module_have_one_name(page):
    name = re.sub(r'^\d+_', '', page.name.split('/')[-1])
    if page.module and page.module != name: report([f'{page.path.name} writes the module {page.module}'])


def test_every_module_is_written_by_a_page():
    assert set(TREES) == set(PAGE_OF) and set(ORDER) == set(TREES)


@each_module
def test_module_imports_only_from_pages_above(module):
    page, above = PAGE_OF[module].path.name, ORDER[:ORDER.index(module)]
    if module == 'metrics': above = [m for m in above if m in ('basics', 'neighbors')]
    if module == 'basics': above = []
    report(f'{page} → songae/{module}.py, line {line}: imports {name or "the module"} from {source}'
           + (', which stands below it' if source in ORDER[ORDER.index(module):] else ', which it should not need')
           for line, source, name, *_ in imports(TREES[module], ORDER) if source not in above)


@each_module
def test_only_networks_import_tensorflow_at_once(module):
    page = PAGE_OF[module].path.name
    if module in HEAVY: return
    heavy = [(s.lineno, a.name) for s in at_top(TREES[module]) if isinstance(s, ast.Import) for a in s.names]
    heavy += [(s.lineno, s.module or '') for s in at_top(TREES[module]) if isinstance(s, ast.ImportFrom) and not s.level]
    heavy += [(line, source) for line, source, *_, top in imports(TREES[module], ORDER) if top]
    report(f'{page} → songae/{module}.py, line {line}: imports {name} when the module is imported, not where it is used'
           for line, name in heavy if name.split('.')[0] in ('tensorflow', 'keras', 'numba', 'tf_keras', *HEAVY))


@each_module
def test_methods_are_attached_by_patch_to(module):
    report(f'{PAGE_OF[module].path.name} → songae/{module}.py, line {s.lineno}: attaches {ast.unparse(t)} by assignment, not by patch_to'
           for s in at_top(TREES[module]) if isinstance(s, ast.Assign) for t in s.targets for t in ast.walk(t)
           if isinstance(t, ast.Attribute) and isinstance(t.value, ast.Name) and t.value.id[0].isupper())


def private_names(path=None): return set().union(*(n for m, n in OWN.items() if m != path))


OWN = {m: {n for n in own_names(t) if is_private(n) and not n.endswith('_')} for m, t in TREES.items()}


@each_module
def test_modules_keep_off_private_names_of_others(module):
    tree = TREES[module]
    report(f'{PAGE_OF[module].path.name} → songae/{module}.py, line {line}: {what}, private to another module'
           for line, what in private_uses(tree, OWN[module], private_names(module)))


@each_page
def test_visible_cells_keep_off_private_names_of_others(page):
    own = OWN.get(page.module, set()) | {n for c in page.code() if (t := parsed(c.code)) for n in own_names(t)}
    report(f'{page.at(c)}: {what}, private to another module' for c in page.code() if not c.hidden and not c.exported and (tree := parsed(c.code))
           for line, what in private_uses(tree, own, private_names(page.module)))


@pytest.mark.parametrize('path', sorted([*(ROOT/'benchmarks').glob('*.py'), *(ROOT/'tests').glob('*.py')]), ids=lambda p: f'{p.parent.name}/{p.name}')
def test_other_code_keeps_off_private_names(path):
    name, tree = f'{path.parent.name}/{path.name}', ast.parse(path.read_text(encoding='utf-8'))
    known, uses = RULES['private'].get(name, []), list(private_uses(tree, own_names(tree), private_names()))
    last = [re.split(r'[.\s]', what)[-1] for _, what in uses]
    report([f'{name}, line {line}: {what}, private to songae' for (line, what), x in zip(uses, last) if x not in known]
           + [f'house.toml, private names in {name}: {x} is not used' for x in known if x not in last])


# Words -----------------------------------------------------------------------------------------------------------------------

def words_in(text):
    "Words of a text that the project does not use: (word, what to write)."
    text = re.sub(r'https?://\S+|\]\([^)]*\)|data:[\w/]+;base64,\S+', ' ', text)
    for pattern, better in (RULES['words'] | RULES['spelling']).items():
        for m in re.finditer(rf'(?<![A-Za-z])(?:{pattern})(?![a-z])', text, re.I): yield m[0], better


def unwanted(name, text, where):
    allowed = {w.lower() for w in RULES['allowed'].get(name, {})}
    return (f'{where}: "{word}" → {better}' for word, better in words_in(text) if word.lower() not in allowed)


@each_page
def test_words_of_pages(page): report(p for c in page.cells for p in unwanted(page.name, c.source, page.at(c)))


@pytest.mark.parametrize('path', sorted(p for folder in ('.', 'songae/static', 'benchmarks', 'tests') for p in (ROOT/folder).glob('*')
                                        if p.suffix in ('.py', '.js', '.css', '.md', '.yml') or p.name == 'Makefile'),
                         ids=lambda p: p.relative_to(ROOT).as_posix())
def test_words_of_other_files(path):
    name = path.relative_to(ROOT).as_posix()
    if name == 'README.md': return                  # the page index
    if name == 'tests/test_house.py': return        # quotes them
    lines = path.read_text(encoding='utf-8').split('\n')
    report(p for i, line in enumerate(lines, 1) for p in unwanted(name, line, f'{name}, line {i}'))


def test_words_are_found():
    found = [w for w, _ in words_in('The neighbour of_catalogue, Colours: they wander; linear discriminant analysis, four hours of music, optimistic')]
    assert sorted(found) == ['Colours', 'catalogue', 'neighbour', 'wander']


@each_module
def test_old_names_are_gone(module):
    def names(tree):
        yield from public_names(tree)
        for n in ast.walk(tree):
            if isinstance(n, (ast.FunctionDef, ast.ClassDef)): yield n.name, n.lineno
            elif isinstance(n, ast.arg) and n.arg in RULES['arguments']: yield n.arg, n.lineno
    now = RULES['names'] | RULES['arguments']
    report(f'{PAGE_OF[module].path.name} → songae/{module}.py, line {line}: {name} → {now[name]}' for name, line in names(TREES[module]) if name in now)


def test_a_public_name_means_one_thing():
    where = defaultdict(dict)
    for module, tree in TREES.items():
        for name, line in public_names(tree):
            if not name.startswith('_'): where[name].setdefault(module, f'songae/{module}.py, line {line}')
    report(f'{name}: ' + ' and '.join(at.values()) for name, at in where.items() if len(at) > 1 and name not in RULES['twice'])


# Figures ---------------------------------------------------------------------------------------------------------------------

def allowed_figures(page): return [*RULES['figures'].get('any', {}), *RULES['figures'].get(page.name, {})]


@each_page
def test_figures_in_prose_are_shown(page):
    by_cell = defaultdict(list)
    for cell, f in missing(page, PAGES, allowed_figures(page)): by_cell[cell.id].append(f'{f.text} {f.unit}'.strip())
    report(f'{page.path.name}, cell {i}: no output or code of the page shows, nor is a command or page named that does: '
           + ', '.join(dict.fromkeys(figures)) for i, figures in by_cell.items())


@each_page
def test_allowed_figures_are_needed(page):
    unshown = {text for _, f in missing(page, PAGES) for text in (f.text, f'{f.text} {f.unit}')}
    report(f'house.toml, figures of {page.name}: "{f}" is shown, or gone' for f in RULES['figures'].get(page.name, {}) if f not in unshown)


def test_exceptions_belong_to_pages():
    names = {p.name for p in PAGES}
    assert not set(RULES['figures']) - names - {'any'}


def made(prose, code='', output='', html=''):
    "A page of one markdown cell and one code cell."
    outputs = [dict(output_type='stream', text=output), dict(output_type='display_data', data={'text/html': html})]
    return Page('07_made', Path('07_made.ipynb'), [Cell('a', 'markdown', prose), Cell('b', 'code', code, outputs)])


@pytest.mark.parametrize('prose, output', [
    ('It is right for 0.68 of them.', 'P@1 0.6762'),
    ('It is right for 68 % of them.', 'P@1 0.6762'),
    ('It is right for 68 percent.', '67.6 %'),
    ('Training takes 42 s.', '41.8 seconds'),
    ('A patch takes 8 ms.', '0.0081 s'),
    ('On 281 songs of 34 soundtracks:', '281 songs, 34 soundtracks'),
    ('A song has 2.5 million samples.', '(2500000,)'),
    ('More than 160,000 weights.', '162,500'),
    ('Three of the 12 songs, in 2 steps and since 2012; with `n=77` and Fig. 14 of $2^{512}$.', ''),
    ('A 95 % interval, in 32-bit floats.', ''),
    ('It takes 99 s, as `songae demo` says.', ''),
    ('It takes 99 s: `python benchmarks/training.py`.', ''),
    ('| a | b |\n|---|---|\n| 0.71 | 31 |\n\nThat is what `python benchmarks/hearing.py` prints.', ''),
    ('![0.55](images/0.55.png) [here](https://x.y/2522/0.99)', ''),
])
def test_true_figures_pass(prose, output):
    page = made(prose, output=output)
    assert not [f.text for _, f in missing(page, [page])]


@pytest.mark.parametrize('prose, output, figure', [
    ('It is right for 0.69 of them.', 'P@1 0.6762', '0.69'),
    ('It is right for 0.676 of them.', 'P@1 0.68', '0.676'),
    ('It is right for 69 % of them.', 'P@1 0.6762', '69 %'),
    ('Training takes 40 s.', '41.8 seconds', '40'),
    ('A patch takes 9 ms.', '0.0081 s', '9'),
    ('On 281 songs by 39 artists:', '280 songs, 39 artists', '281'),
    ('A song has 2.5 million samples.', '(25000,)', '2.5 million'),
    ('It takes 99 s.\n\nAsk `songae demo`.', '', '99'),
    ('| a | b |\n|---|---|\n| 71 | 0.31 |', '71', '0.31'),
    ('```\n6 of 20 (30%)\n```', '6 of 20', '30%'),
    ('It has 1,024 bands.', 'a code of 1025 numbers', '1,024'),
])
def test_false_figures_are_reported(prose, output, figure):
    page = made(prose, output=output)
    assert [f.text for _, f in missing(page, [page])] == [figure]


def test_figures_may_stand_in_tables_code_and_linked_pages():
    table = '<style>td {width: 77px}</style><table><tr><td>0.6762</td><td>41</td></tr></table>'
    page = made('At 0.68 and 41 of 22,050 Hz: 15 % are missing, 77 px wide.', 'SR = 22_050\nshare = .15', html=table)
    assert [f.text for _, f in missing(page, [page])] == ['77']
    other = Page('tutorials/first', Path('first.ipynb'), [Cell('c', 'markdown', 'It is 0.68, [as measured](../07_made.ipynb).\n\nIt is 0.68.')])
    assert [(c.id, f.text) for c, f in missing(other, [page, other])] == [('c', '0.68')]
    assert not [*missing(other, [page, other], ['0.68'])]
