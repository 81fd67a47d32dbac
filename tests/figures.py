"""Figures in prose, and where they come from.

A figure in a markdown cell should stand in an output of its page, be a constant of the page's code, or stand in a paragraph that names
the command that prints it or links to the page that shows it. `missing` lists those that do none of it.
"""
import re
from dataclasses import dataclass

NUMBER = r'\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?(?:e[-+]?\d+)?|\.\d+'
MINUS = '[-−–]'
FIGURE = re.compile(rf'(?<![\w.^{{/])({NUMBER})(?![\d\w]|\.\d)(?:[\s ]*(%|percent\b))?(?:[\s -]+(million|thousand|billion)\b)?')
FACTORS = {'ms': [1e3], 'milliseconds': [1e3], 'µs': [1e3, 1e6], 's': [1e-3], 'seconds': [1e-3], 'minutes': [1/60], 'hours': [1/60, 1/3600],
           'kHz': [1e-3], 'GB': [1e-3, 1e-9], 'MB': [1e-6], 'KB': [1e-3]}       # an output may have ms, Hz or bytes
MEASURED = re.compile(r'[\s -]*(?:ms|milliseconds|seconds|second|s|minutes|minute|hours|[kMGT]B|dB|times|µs)\b(?!/)')
SCALE = dict(million=10**6, thousand=10**3, billion=10**9)
COMMAND = re.compile(r'python\s+(?:-m\s+\S+|\S*benchmarks/\w+\.py)|(?<![\w./-])songae\s+(?:demo|evaluate|match|fit|app|add|songs|info)\b|make\s+(?:demo|test)')
SMALL = 12      # whole numbers up to here count things; with a unit of time or size, or as a percentage, they are figures


@dataclass
class Figure:
    text: str           # as it stands in the prose: '68 %', '2.5 million'
    value: float        # a percentage as it is written: 68
    step: float         # what one of its last digit is worth
    percent: bool
    unit: str           # what follows: 's', 'seconds', 'GB', …
    paragraph: str


# Reading prose ---------------------------------------------------------------------------------------------------------------

def paragraphs(markdown):
    "Paragraphs, each with the text in which a command that prints its figures may stand: tables and blocks look at what stands around them."
    blocks = re.split(r'(^```.*?^```[^\n]*$|^~~~.*?^~~~$)', markdown, flags=re.S | re.M)
    parts = []
    for b in blocks:
        if b.startswith(('```', '~~~')): parts.append(b)
        else: parts += [p for p in re.split(r'\n\s*\n', b) if p.strip()]
    for i, p in enumerate(parts):
        apart = p.lstrip().startswith(('|', '```', '~~~'))
        around = parts[max(i - 1, 0):i + 2] if apart else [p]
        yield p, '\n'.join(around)


def bare(paragraph):
    "A paragraph without what holds no figures: code, formulas, addresses, headings, numbers of lists and of figures."
    head = re.match(r'```[ {.]*(\w*)', paragraph)
    if head: return '' if head[1] else paragraph.strip('`')       # a block in a language is code; without one it is what a command printed
    for pattern, by in [
        (r'<!--.*?-->', ' '), (r'<[^>]+>', ' '), (r'`[^`]*`', ' ` '), (r'\$\$.*?\$\$', ' '), (r'\$[^$\n]+\$', ' '),
        (r'!\[[^]]*\]\([^)]*\)', ' '), (r'\]\([^)]*\)', ']'), (r'https?://\S+', ' '),
        (r'^#+ .*$', ' '), (r'^\s*\d+\.\s', ' '),
        (r'(?i)\b(figs?\.|figures?|tables?|eqs?\.|equations?|sections?|chapters?|pages?|steps?|issues?|licen[sc]e|version|python|seeds?|no\.)\s*\d+(\.\d+)*((,| and| to| or|–)\s*\d+(\.\d+)*)*', ' '),
        (r'[\w.]+@[\w.]+', ' '),
    ]: paragraph = re.sub(pattern, by, paragraph, flags=re.S if by == ' ' and '.*?' in pattern else re.M)
    return paragraph


def figures(markdown):
    "All figures of a markdown cell, each with the text around it in which its source may be named."
    for paragraph, around in paragraphs(markdown):
        text = bare(paragraph)
        for m in FIGURE.finditer(text):
            digits, percent, scale = m[1].replace(',', ''), bool(m[2]), m[3]
            value, after = float(digits), text[m.end():]
            unit = re.match(r'[\s -]*([A-Za-zµ/]+)', after)
            unit = unit[1] if unit else ''
            whole = re.fullmatch(r'\d+', digits)
            if whole and not percent and not scale and value <= SMALL and not MEASURED.match(after): continue
            if whole and not percent and not scale and 1900 <= value < 2100 and ',' not in m[1]: continue       # a year
            if percent and value in (0, 95, 100): continue                                                    # an interval's, or all
            if re.match(r'[-–\s]?(?:bits?\b|D\b|d\b|tet|th\b|st\b|nd\b|rd\b)', after) or re.match(r'\s*[x×]\s*\d', after) and value <= SMALL: continue
            factor = SCALE[scale] if scale else 1
            decimals = len(digits.partition('.')[2]) if 'e' not in digits else 0
            step = 10.**-decimals*factor
            if 'e' in digits: step = abs(value)*.1
            elif not decimals and value >= 100 and not scale:       # 50,000 stands for 49,731 too
                step = 10.**min(len(digits) - len(digits.rstrip('0')), len(digits) - 1)
            yield Figure(re.sub(r'\s+', ' ', m[0]), value*factor, step, percent, unit, around)


# What a page shows -----------------------------------------------------------------------------------------------------------

SHOWN = re.compile(rf'(?<![\w.])({NUMBER}|\d[\d_]*\d)(?![\d])\s*(%)?')


def numbers(text):
    "Numbers of an output: (value, followed by %?, decimals)."
    for m in SHOWN.finditer(re.sub(r'\x1b\[[\d;]*m', '', text)):
        digits = re.sub('[,_]', '', m[1])
        yield float(digits), bool(m[2]), len(digits.partition('.')[2]) if 'e' not in digits else 9


def constants(code):
    "Numbers of a cell's code, and of its comments: 44_100, .15, 2_500_000, 10e-9."
    for m in re.finditer(r'(?<![A-Za-z_\d.])(\d[\d_]*\.?\d*(?:e[-+]?\d+)?|\.\d+(?:e[-+]?\d+)?)', re.sub(r'(?<=\d),(?=\d{3}\b)', '_', code)):
        try: yield float(m[1].replace('_', ''))
        except ValueError: pass


class Shown:
    "What a page shows: numbers of its outputs, which prose may round, and constants of its code, which it may not."
    def __init__(self, pages, code=True):
        self.outputs, self.constants, self.texts = set(), set(), []
        for page in pages:
            for c in page.code():
                for t in c.texts: self.outputs.update((*n, '%' in t) for n in numbers(t))
                self.texts += c.texts
                if code: self.constants.update(constants(c.code))

    def has(self, f):
        "Does the page show a figure, rounded as the prose has it?"
        def near(v, step=f.step): return abs(v - f.value) <= step/2*(1 + 1e-9) + 1e-12*abs(f.value)
        def same(v): return abs(v - f.value) <= 1e-9*max(abs(v), abs(f.value))
        factors = {1., *FACTORS.get(f.unit, ())}
        for v, percent, decimals, table in self.outputs:
            if f.percent:
                if percent and near(v) or (v <= 1 and decimals >= 2 and near(100*v)) or (table and near(v)): return True
            elif any(near(v*k) for k in factors) or (percent and near(v/100)): return True
        for v in self.constants:
            if same(v) or f.percent and same(100*v) or any(same(v*k) for k in factors): return True
            if f.unit in ('MB', 'kB', 'GB') and same(v): return True
        return False


def missing(page, pages, allowed=()):
    "Figures in a page's prose that it shows nowhere: (cell, figure). `allowed` has those that need not be shown, as the prose writes them."
    own, by_name = Shown([page]), {p.name: p for p in pages}
    linked = {}
    for cell in page.prose():
        for f in figures(cell.source):
            if allowance(f, allowed) or COMMAND.search(f.paragraph) or own.has(f): continue
            names = [n for n in links(page, f.paragraph) if n in by_name]
            for n in names: linked.setdefault(n, Shown([by_name[n]], code=False))
            if not any(linked[n].has(f) for n in names): yield cell, f


def allowance(f, allowed):
    "The entry among `allowed` that is meant for a figure: '0.6483', '57 seconds', '68 %'."
    words = {f.text, f'{f.text} {f.unit}'}
    return next((a for a in allowed if a in words), None)


def links(page, paragraph):
    "Names of pages that a paragraph links to."
    for target in re.findall(r'\]\(([^)#]+\.ipynb)', paragraph):
        parts = page.name.split('/')[:-1]
        for s in target.split('/'): parts = parts[:-1] if s == '..' else parts if s == '.' else [*parts, s]
        yield '/'.join(parts).removesuffix('.ipynb')
