"""Figures in prose, and where they come from.

A figure in a markdown cell should stand in an output of its page, be a constant of the page's code, or stand in a
paragraph that names the command that prints it or links to the page that shows it. `missing` lists those that do not.
"""
import re
from dataclasses import dataclass
from functools import partial

SMALL = 12      # whole numbers up to here count things; percentages, and those with a unit of time or size, are figures
NUMBER = r'\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?(?:e[-+]?\d+)?|\.\d+'
SCALES = dict(thousand=10**3, million=10**6, billion=10**9)
GAP = r'[\s\u00a0\u202f-]*'
FIGURE = re.compile(rf'(?<![\w.^{{/])({NUMBER})(?!\w|\.\d)(?:{GAP}(%|percent\b))?(?:{GAP}({"|".join(SCALES)})\b)?')
MEASURED = re.compile(rf'{GAP}(?:µs|ms|milliseconds|s|seconds?|minutes?|hours?|[kKMGT]B|dB|times)\b')
NAMED = re.compile(rf'{GAP}(?:bits?|D|d|tet|th|st|nd|rd)\b')          # 32-bit, 2-D, 30th
COMMAND = re.compile(r'python\s+(?:-m\s+\S+|\S*benchmarks/\w+\.py)|make\s+(?:demo|test)'
                     r'|(?<![\w./-])songae\s+(?:demo|evaluate|match|fit|app|add|songs|info|history|next)\b')

# The unit in which an output may have a figure, as a factor to that of the prose: 42 s are 41,800 ms.
FACTORS = {'ms': [1e3], 'milliseconds': [1e3], 'µs': [1e3, 1e6], 's': [1e-3], 'seconds': [1e-3], 'minutes': [1/60],
           'hours': [1/60, 1/3600], 'kHz': [1e-3], 'GB': [1e-3, 1e-9], 'MB': [1e-6], 'KB': [1e-3]}


@dataclass
class Figure:
    text: str           # as the prose has it: '68 %', '2.5 million'
    value: float        # of a percentage, the number before the sign
    step: float         # what one of its last digit is worth
    percent: bool
    unit: str           # the word that follows: 's', 'GB', 'songs'
    around: str         # where a command that prints it would be named


# Reading prose --------------------------------------------------------------------------------------------------------

# What holds no figures: code, formulas, addresses, headings, numbers of lists, of pictures and of versions.
NO_FIGURES = [re.compile(p, re.S | re.M) for p in (
    r'<!--.*?-->', r'<[^>]+>', r'`[^`]*`', r'\$\$.*?\$\$', r'\$[^$\n]+\$',
    r'!\[[^]]*\]\([^)]*\)', r'(?<=\])\([^)]*\)', r'https?://\S+', r'^#+ [^\n]*$', r'^\s*\d+\.\s',
    r'(?i:\b(?:figs?\.|figures?|tables?|eqs?\.|equations?|sections?|chapters?|pages?|steps?|seeds?|issues?|no\.'
    r'|license|version|python))'
    r'\s*\d+(?:\.\d+)*(?:(?:,| and| to| or|–)\s*\d+(?:\.\d+)*)*')]


def paragraphs(markdown):
    "Paragraphs, tables and fenced blocks, each with what stands around it: the source of a table may be named there."
    parts = []
    for block in re.split(r'(^```.*?^```[^\n]*$)', markdown, flags=re.S | re.M):
        if block.startswith('```'): parts.append(block)
        else: parts += [p for p in re.split(r'\n\s*\n', block) if p.strip()]
    for i, p in enumerate(parts):
        stands_alone = p.lstrip().startswith(('|', '```'))
        yield p, '\n'.join(parts[max(i - 1, 0):i + 2]) if stands_alone else p


def bare(paragraph):
    "A paragraph without what holds no figures. A fenced block without a language is what a command printed."
    if paragraph.startswith('```'): return paragraph.strip('`') if re.match(r'```\s*\n', paragraph) else ''
    for pattern in NO_FIGURES: paragraph = pattern.sub(' ', paragraph)
    return paragraph


def figures(markdown):
    "All figures of a markdown cell."
    for paragraph, around in paragraphs(markdown):
        text = bare(paragraph)
        for m in FIGURE.finditer(text):
            written, after = re.sub(r'\s+', ' ', m[0]), text[m.end():]
            f = Figure(written, *value_and_step(m[1], m[3]), bool(m[2]), unit_after(after), around)
            if not counts_or_names(m, f, after): yield f


def value_and_step(number, scale):
    "A number, and what its last digit is worth; 50,000 may stand for 49,731, but 200 not for 160."
    digits, factor = number.replace(',', ''), SCALES.get(scale, 1)
    value = float(digits)*factor
    if 'e' in digits: return value, value/10
    decimals, zeros = len(digits.partition('.')[2]), len(digits) - len(digits.rstrip('0'))
    if decimals or factor > 1 or value < 100: return value, factor*10.**-decimals
    return value, 10.**min(zeros, len(digits) - 2)


def unit_after(text):
    m = re.match(rf'{GAP}([A-Za-zµ/]+)', text)
    return m[1] if m else ''


def counts_or_names(m, f, after):
    "Is it no figure: a small count, a year, a part of a name like 32-bit, the width of an interval, all or nothing?"
    if f.percent: return f.value in (0, 95, 100)
    if NAMED.match(after): return True
    plain = m[1].isdigit() and not m[3]
    return plain and (f.value <= SMALL and not MEASURED.match(after) or 1900 <= f.value < 2100)


# What a page shows ----------------------------------------------------------------------------------------------------

IN_OUTPUT = re.compile(rf'(?<![\w.])({NUMBER}|\d[\d_]*\d)(?!\d)\s*(%)?')
IN_CODE = re.compile(r'(?<![A-Za-z_\d.])(?:\d[\d_]*\.?\d*|\.\d+)(?:e[-+]?\d+)?')


class Shown:
    "What pages show: numbers of their outputs, which prose may round, and constants of their code, which it may not."
    def __init__(self, page, code=True):
        self.outputs, self.constants = set(), set()
        for c in page.code():
            for text in c.texts: self.outputs.update(in_output(text))
            if code: self.constants.update(in_code(c.code))

    def has(self, f):
        "Does the page show a figure, rounded as the prose has it?"
        factors = [1., *FACTORS.get(f.unit, ())]
        if any(equal(v*k, f) for v in self.constants for k in [*factors, *[100]*f.percent]): return True
        if f.percent: return any(shows_percentage(f, *o) for o in self.outputs)
        return any(rounds_to(v*k, f) for v, *_ in self.outputs for k in factors)


def in_output(text):
    "Numbers of an output: (value, how many decimals, is it a percentage?, are there percentages beside it?)."
    text = re.sub(r'\x1b\[[\d;]*m', '', text)
    for m in IN_OUTPUT.finditer(text):
        digits = re.sub('[,_]', '', m[1])
        decimals = 9 if 'e' in digits else len(digits.partition('.')[2])
        yield float(digits), decimals, bool(m[2]), '%' in text


def in_code(code):
    "Numbers of a cell's code and of its comments: 44_100, 44,100, .15, 10e-9."
    code = re.sub(r'(?<=\d),(?=\d{3}\b)', '_', code)
    return {float(m[0].replace('_', '')) for m in IN_CODE.finditer(code)}


def equal(value, f): return abs(value - f.value) <= 1e-9*abs(f.value)


def rounds_to(value, f): return abs(value - f.value) <= f.step/2*(1 + 1e-9) + 1e-12*abs(f.value)


def shows_percentage(f, value, decimals, percent, in_table):
    "68 % are shown as 67.6 %, as 0.676, or as 67.6 in a table of percentages."
    as_share = value <= 1 and decimals >= 2 and rounds_to(100*value, f)
    return as_share or (percent or in_table) and rounds_to(value, f)


def missing(page, pages, allowed=()):
    "Figures in a page's prose that nothing shows: (cell, figure). `allowed` has those that need not be shown."
    shown = {p.name: partial(Shown, p, code=False) for p in pages}
    own = Shown(page)
    for cell in page.prose():
        for f in figures(cell.source):
            if is_allowed(f, allowed) or COMMAND.search(f.around) or own.has(f): continue
            if not any(shown[name]().has(f) for name in links(page, f.around) if name in shown): yield cell, f


def is_allowed(f, allowed): return f.text in allowed or f'{f.text} {f.unit}' in allowed


def links(page, text):
    "Names of the pages to which a text links."
    for target in re.findall(r'\]\(([^)#]+)\.ipynb', text):
        parts = page.name.split('/')[:-1]
        for s in target.split('/'): parts = parts[:-1] if s == '..' else [*parts, s]
        yield '/'.join(parts)
