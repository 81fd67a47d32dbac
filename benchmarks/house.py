"""How long are the cells, how much prose is there, and what can be heard? A checkout in figures, or two side by side.

    python benchmarks/house.py [FOLDER]
    git worktree add /tmp/before COMMIT && python benchmarks/house.py /tmp/before .

A cell's lines are those of its code, empty ones among them, without nbdev's directives; cells that only import are left
out. Prose stands before a cell if the cell above it is markdown and more than a heading. Public names are those of a
module's `__all__`. Words are those of markdown cells. A sound is a player in a stored output, a picture an image in
one, or one that the prose links.
"""
import argparse
import ast
import re
import sys
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parent.parent/'tests'))
from pages import read_pages


def exported(page): return [c for c in page.code() if c.exported and not c.only_imports]


def n_lines(cell): return len(cell.code.split('\n'))


def with_prose(page):
    "How many exported cells have prose directly before them?"
    shown = {c.id for c in exported(page)}
    return sum(c.id in shown and before.is_prose for before, c in zip(page.cells, page.cells[1:]))


def long_lines(text): return sum(len(line) > 120 for line in text.split('\n'))


def page_row(page):
    "A page in figures."
    lines = [n_lines(c) for c in exported(page)]
    return dict(page=page.name, exported=len(lines), with_prose=with_prose(page), longest=max(lines, default=0),
                long_lines=sum(long_lines(c.source) for c in page.code()),
                words=sum(len(c.source.split()) for c in page.prose()),
                sounds=sum(c.n_sounds for c in page.cells), pictures=sum(c.n_pictures for c in page.cells),
                KB=page.path.stat().st_size//1000)


def public_names(path):
    "How many names a module exports."
    m = re.search(r'^__all__ = (\[.*?\])', path.read_text(encoding='utf-8'), re.S | re.M)
    return len(ast.literal_eval(m[1])) if m else 0


def file_lines(path): return len(path.read_text(encoding='utf-8').splitlines())


def n_sentences(cell): return len(re.findall(r'[.!?:](?=[\s*)]|$)', re.sub(r'^(#|>).*$', '', cell.source, flags=re.M)))


def most(counts):
    "The largest of named counts, with its name."
    name = max(counts, key=counts.get)
    return f'{counts[name]} ({name})'


def in_figures(root, pages, table):
    "A checkout in figures: what is counted → what it comes to."
    lines = [n_lines(c) for p in pages for c in exported(p)]
    modules = [p for p in (root/'songae').glob('*.py') if not p.stem.startswith('_')]
    names = {p.stem: public_names(p) for p in modules}
    length = {p.stem: file_lines(p) for p in modules}
    n, spread = len(table), f'{np.median(lines):.0f} / {np.percentile(lines, 90):.0f} / {max(lines)}'
    return pd.Series({
        'pages': n,
        'exported cells': len(lines),
        'lines an exported cell, median / 90th percentile / longest': spread,
        'exported cells over 12 lines': f'{np.mean(np.array(lines) > 12):.0%}',
        'exported cells over 40 lines': sum(x > 40 for x in lines),
        'lines over 120 characters, in code cells': table.long_lines.sum(),
        'prose directly before an exported cell': f'{table.with_prose.sum()/len(lines):.0%}',
        'modules': len(modules),
        'public names a module, median / most': f'{np.median(list(names.values())):.0f} / {most(names)}',
        'lines a module, median / longest': f'{np.median(list(length.values())):.0f} / {most(length)}',
        'lines of JavaScript and CSS in songae/static': sum(map(file_lines, (root/'songae'/'static').glob('*'))),
        'sentences a markdown cell': f'{np.mean([n_sentences(c) for p in pages for c in p.prose()]):.1f}',
        'words a page, median / all': f'{table.words.median():.0f} / {table.words.sum():,}',
        'sounds': table.sounds.sum(),
        'pages with a sound': sum(table.sounds > 0),
        'pictures': table.pictures.sum(),
        'pages with a sound or a picture': f'{sum(table.sounds + table.pictures > 0)} of {n}',
        'notebooks, MB': f'{table.KB.sum()/1000:.1f}',
    }, dtype=object)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    here = Path(__file__).parent.parent
    parser.add_argument('folders', nargs='*', type=Path, default=[here], help='one checkout, or two to compare')
    folders = parser.parse_args().folders
    columns = []
    for root in folders:
        pages = read_pages(root)
        table = pd.DataFrame(map(page_row, pages)).set_index('page')
        print(f'{root}\n{table.to_string()}\n')
        columns.append(in_figures(root, pages, table))
    names = ['before', 'after'] if len(folders) == 2 else list(map(str, folders))
    table = pd.concat(columns, axis=1, keys=names)
    print('\n'.join([f'| | {" | ".join(names)} |', '|---'*(len(names) + 1) + '|',
                     *(f'| {what} | {" | ".join(map(str, row))} |' for what, row in zip(table.index, table.values))]))


if __name__ == '__main__': main()
