"""Figures in prose are shown by their page, or stand beside the command that prints them; exceptions are in house.toml.

A failure names page, cell and figures; `pytest tests/test_figures.py -k 09_melspec` looks at one page.
"""
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest
from figures import missing
from pages import Cell, Page, read_pages

ROOT = Path(__file__).parent.parent
ALLOWED = tomllib.loads((ROOT/'tests'/'house.toml').read_text(encoding='utf-8'))['figures']
PAGES = read_pages(ROOT)

each_page = pytest.mark.parametrize('page', PAGES, ids=lambda p: p.name)


@each_page
def test_figures_in_prose_are_shown(page):
    by_cell = defaultdict(list)
    for cell, f in missing(page, PAGES, {**ALLOWED['any'], **ALLOWED.get(page.name, {})}):
        by_cell[page.at(cell)].append(f'{f.text} {f.unit}'.strip())
    problems = [f'{at}: shown by no output or code of the page, nor is a command or page named that shows it: '
                + ', '.join(dict.fromkeys(figures)) for at, figures in by_cell.items()]
    if problems: pytest.fail('\n' + '\n'.join(problems), pytrace=False)


@each_page
def test_exceptions_are_needed(page):
    unshown = {text for _, f in missing(page, PAGES) for text in (f.text, f'{f.text} {f.unit}')}
    assert not set(ALLOWED.get(page.name, {})) - unshown, f'house.toml, figures of {page.name}: shown, or gone'


def test_exceptions_belong_to_pages():
    assert not set(ALLOWED) - {p.name for p in PAGES} - {'any'}


def made(prose, code='', output='', html=''):
    "A page of one markdown cell and one code cell."
    outputs = [dict(output_type='stream', text=output), dict(output_type='display_data', data={'text/html': html})]
    return Page('07_made', Path('07_made.ipynb'), [Cell('a', 'markdown', prose), Cell('b', 'code', code, outputs)])


def unshown(page, *others, allowed=()): return [f.text for _, f in missing(page, [page, *others], allowed)]


@pytest.mark.parametrize('prose, output', [
    ('It is right for 0.68 of them.', 'P@1 0.6762'),
    ('It is right for 68 % of them.', 'P@1 0.6762'),
    ('It is right for 68 percent.', '67.6 %'),
    ('Training takes 42 s.', '41.8 seconds'),
    ('Training takes 2 minutes.', '118 s'),
    ('A patch takes 8 ms.', '0.0081 s'),
    ('On 281 songs of 34 soundtracks:', '281 songs, 34 soundtracks'),
    ('A song has 2.5 million samples.', '(2500000,)'),
    ('More than 160,000 weights.', '162,500'),
    ('Three of the 12 songs, in 2 steps and since 2012; with `n=77` and Fig. 14 of $2^{512}$.', ''),
    ('A 95 % interval, in 32-bit floats, as [MP3](https://x.y/2522/0.99). ![0.55](images/0.55.png)', ''),
    ('It takes 99 s, as `songae demo` says.', ''),
    ('It takes 99 s: `python benchmarks/training.py`.', ''),
    ('| a | b |\n|---|---|\n| 0.71 | 31 |\n\nThat is what `python benchmarks/hearing.py` prints.', ''),
    ('```py\nfit(n=77)\n```', ''),
])
def test_true_figures_pass(prose, output): assert unshown(made(prose, output=output)) == []


@pytest.mark.parametrize('prose, output, figure', [
    ('It is right for 0.69 of them.', 'P@1 0.6762', '0.69'),
    ('It is right for 0.676 of them.', 'P@1 0.68', '0.676'),
    ('It is right for 69 % of them.', 'P@1 0.6762', '69 %'),
    ('Training takes 40 s.', '41.8 seconds', '40'),
    ('A patch takes 9 ms.', '0.0081 s', '9'),
    ('On 281 songs by 39 artists:', '280 songs, 39 artists', '281'),
    ('Files of 200 MB.', '160 MB', '200'),
    ('A song has 2.5 million samples.', '(25000,)', '2.5 million'),
    ('It takes 99 s.\n\nAsk `songae demo`.', '', '99'),
    ('| a | b |\n|---|---|\n| 71 | 0.31 |', '71', '0.31'),
    ('```\n6 of 20 (30%)\n```', '6 of 20', '30%'),
    ('It has 1,024 bands.', 'a code of 1025 numbers', '1,024'),
])
def test_false_figures_are_reported(prose, output, figure): assert unshown(made(prose, output=output)) == [figure]


def test_tables_and_constants_show_figures():
    table = '<style>td {width: 77px}</style><table><tr><td>0.6762</td><td>41</td></tr></table>'
    page = made('At 0.68 and 41 of 22,050 Hz: 15 % are missing, 77 px wide.', 'RATE = 22_050\nshare = .15', html=table)
    assert unshown(page) == ['77']


def test_a_linked_page_shows_figures():
    page, prose = made('', output='0.68'), 'It is 0.68, [as measured](../07_made.ipynb).\n\nIt is 0.68.'
    other = Page('tutorials/first', Path('first.ipynb'), [Cell('c', 'markdown', prose)])
    assert unshown(other, page) == ['0.68'] and unshown(other, page, allowed=['0.68']) == []
