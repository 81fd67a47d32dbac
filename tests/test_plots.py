"Pictures of what is large, broken, oddly named or in the same place, and what they refuse to draw."
import subprocess
import sys
import warnings
from io import BytesIO
from itertools import combinations

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import same_color
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

matplotlib.use('agg')
import matplotlib.pyplot as plt

from songae import plots
from songae.plots import plot_losses, plot_match, plot_songs

UGLY = ['A$AP_$5', '<img src=x onerror=alert(1)>', 'さくら', '_hidden', 'two\nlines\tand a tab', 'Et cetera '*12,
        'caf\udce9.mp3', r'$\frac{', '']
NAN = [np.nan, 0]


def axes(width=6, height=5): return Figure((width, height), layout='constrained').subplots()


def texts(ax): return [t.get_text() for t in ax.texts]


def legend(ax): return [t.get_text() for t in ax.get_legend().get_texts()]


def overlaps(ax):
    "Which of the names on `ax` cover each other."
    ax.figure.draw_without_rendering()
    boxes = [(t.get_text(), Text.get_window_extent(t)) for t in ax.texts]
    return [(s, t) for (s, a), (t, b) in combinations(boxes, 2) if Bbox.intersection(a, b)]


def history(epochs=30, last=.65, bias_only=.66, entropy_floor=.61):
    loss = np.linspace(.693, last, epochs)
    return pd.DataFrame(dict(loss=loss, bias_only=bias_only, entropy_floor=entropy_floor), index=np.arange(epochs) + 1)


@pytest.fixture
def xy(): return np.random.default_rng(0).random((20, 2))


def test_matplotlib_waits_for_the_first_picture():
    code = "import sys, songae.plots; assert not [m for m in sys.modules if m.startswith('matplotlib')]"
    assert subprocess.run([sys.executable, '-c', code]).returncode == 0


def test_axes_of_the_caller_are_used_and_pyplot_left_alone(xy):
    before = plt.get_fignums()
    for plot, args in (plot_losses, [history()]), (plot_songs, [xy]), (plot_match, [xy, [.5, .5], 3]):
        ax = Figure(layout='constrained').subfigures(1, 2)[1].subplots()
        assert plot(*args, ax=ax) is ax
    assert plt.get_fignums() == before
    figure = plot_songs(xy).figure
    assert plt.get_fignums() == [*before, figure.number]
    plt.close(figure)


@pytest.mark.parametrize('n', [2, 6, 16])
def test_names_in_a_knot_do_not_cover_each_other(n):
    knot = np.random.default_rng(n).normal(.5, .03, (n, 2))
    xy = np.concatenate([knot, np.eye(2)])      # and two far away, so that the knot is small
    ax = plot_songs(xy, labels=[f'song {i}' for i in range(n + 2)], ax=axes())
    assert len(ax.texts) == n + 2 and overlaps(ax) == []


def test_seven_curves_are_told_apart_with_color_and_without():
    ax = plot_losses({f'rate {i}': history(last=.65 + .004*i) for i in range(8)}, ax=axes())
    lines = ax.lines[:7]
    assert len({line.get_color() for line in lines}) == len({line.get_marker() for line in lines}) == 7
    assert len({(line.get_linestyle(), line.get_marker()) for line in lines}) == 7
    assert legend(ax)[0] == 'rate 0: 0.6500' and len(legend(ax)) == 8      # more than six have a legend


def test_reference_lines():
    ax = plot_losses({'deep': history()}, ax=axes())
    assert [round(line.get_ydata()[0], 4) for line in ax.lines[1:]] == [.6931, .66, .61] and overlaps(ax) == []
    ax = plot_losses(history(entropy_floor=.31), ax=axes())
    assert len(ax.lines) == 3 and '↓ entropy floor: 0.3100' in texts(ax)    # far below: named, not drawn
    contrastive = history()[['loss']] + 3
    assert texts(plot_losses(contrastive, ax=axes())) == ['loss: 3.6500']      # no ln 2 where it has no meaning
    assert len(plot_losses(history().assign(bias_only=np.nan), ax=axes()).lines) == 3
    plot_losses(history(epochs=1), ax=axes()).figure.draw_without_rendering()


@pytest.mark.parametrize('histories, words', [
    ({}, 'no histories'),
    ({'deep': history().drop(columns='loss')}, "history 'deep' needs a column 'loss'"),
    ({'deep': history()[:0]}, "history 'deep' needs a column 'loss' and an epoch"),
    (history().replace(.65, np.nan), "history 'loss' has a loss of NaN or infinity, first in epoch 30"),
    ({'a': history(), 'b': history().replace(.65, np.inf)}, "history 'b' has a loss of NaN or infinity"),
])
def test_losses_that_are_refused(histories, words):
    with pytest.raises(ValueError, match=words): plot_losses(histories, ax=axes())


def test_a_shared_point_lists_its_songs(xy):
    xy[:7] = 0
    xy[1] = -0.
    xy[11] = xy[10]
    names = [f'song {i}' for i in range(20)]
    named = texts(plot_songs(xy, labels=names, ax=axes(9, 7)))
    assert 'song 0\nsong 1\nsong 2\nand 4 more' in named and 'song 10\nsong 11' in named and len(named) == 13
    assert texts(plot_songs(xy, ax=axes())) == ['7 songs', '2 songs']
    match = texts(plot_match(xy, [.5, .5], [12, 13], labels=names, query_label='mine', ax=axes()))
    assert match == ['mine', '1  song 12', '2  song 13', '7 songs', '2 songs']


def test_all_songs_at_one_point():
    for plot, args in (plot_songs, []), (plot_match, [[1, 1], 0]):
        with warnings.catch_warnings():
            warnings.simplefilter('error')
            ax = plot(np.ones((20, 2)), *args, ax=axes())
        assert '20 songs' in texts(ax) and ax.get_aspect() == 1


def test_names_and_groups_may_be_missing(xy):
    labels = [None, np.nan, '', 'here', *[pd.NA]*16]
    groups = [None, 'folk', np.nan, 'folk', *['pop']*16]
    ax = plot_songs(xy, labels=labels, groups=groups, ax=axes())
    assert texts(ax) == ['here'] and legend(ax) == ['pop (16)', 'folk (2)', 'all others (2)']
    assert 'song 0' in texts(plot_match(xy, [.5, .5], 0, labels=labels, ax=axes()))
    assert legend(plot_songs(xy, groups=[None]*20, ax=axes())) == ['all others (20)']


def test_fifty_thousand_songs():
    rng = np.random.default_rng(0)
    genre = rng.zipf(1.5, 50_000).clip(1, 40)
    xy = rng.random((41, 2))[genre] + .06*rng.standard_normal((50_000, 2))
    xy[:60] = 0
    names = [f'song {i}' for i in range(50_000)]
    ax = plot_songs(xy, labels=names, groups=[f'genre {g}' for g in genre], ax=axes())
    assert len(legend(ax)) == 8 and legend(ax)[-1].startswith('all others')
    assert texts(ax) == ['60 songs']                    # no names, but the shared point is told
    assert ax.collections[0].get_sizes()[0] < 10 and ax.collections[0].get_alpha() == .5
    ax = plot_match(xy, [.3, .45], [70, 80], labels=names, ax=ax.figure.add_subplot())
    assert legend(ax)[0] == '50,000 songs' and texts(ax) == ['The query', '1  song 70', '2  song 80', '60 songs']
    ax.figure.savefig(BytesIO())


def test_the_worst_names_draw_without_a_warning(xy):
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        label = 'さくら $x_1$ & <b>' + 'y'*120
        match = plot_match(xy[:9], [.5, .5], [4, 2, 8], labels=UGLY, query_label=label, distance=.123, ax=axes())
        songs = plot_songs(xy[:9], labels=UGLY, groups=UGLY, ax=axes())
        for ax in match, songs, plot_losses({s: history() for s in UGLY}, ax=axes()): ax.figure.savefig(BytesIO())
    assert [legend(songs)[i] for i in (0, 3, -1)] == ['A$AP_$5 (1)', '_hidden (1)', 'all others (1)']
    assert '3  song 8' in texts(match)                  # it has no name


@pytest.mark.parametrize('s, drawn', [
    ('a\tb\n c', 'a b c'), ('x'*31, 'x'*29 + '…'), ('x'*30, 'x'*30), ('\U0010ffff', '□'), ('$_a$', '$_a$'),
])
def test_a_name_is_one_short_line(xy, s, drawn):
    assert texts(plot_songs(xy[:1], labels=[s], ax=axes())) == [drawn]


def test_installed_fonts_are_fallen_back_on(xy, monkeypatch):
    monkeypatch.setattr(plots, '_FONTS', ('DejaVu Sans Mono', 'DejaVu Sans Display', 'not installed'))
    name, = plot_songs(xy[:1], labels=['さくら'], ax=axes()).texts
    assert name.get_fontfamily()[-2:] == ['DejaVu Sans Mono', 'DejaVu Sans Display']


def test_the_match_is_where_it_was_said_to_be(xy):
    query, best = np.array([1.7, -.4]), [4, 2, 8]
    ax = plot_match(xy, query, best, distance=.1234, ax=axes())
    dots, red, green = ax.collections[:3]
    assert same_color(dots.get_facecolor()[0], 'black') and len(dots.get_offsets()) == 20
    assert same_color(green.get_facecolor()[0], '#009E73') and (green.get_offsets() == query).all()
    assert same_color(red.get_facecolor()[0], '#CC3311') and same_color(red.get_facecolor()[1], 'white')
    assert (red.get_offsets() == xy[best]).all()
    assert ax.get_xlim()[1] > 1.7 and ax.get_ylim()[0] < -.4        # the axes grow to hold a query from outside
    assert ax.get_title() == 'The query sounds like song 4 · distance 0.123'


@pytest.mark.parametrize('bad, words', [
    ([0, 1], 'shape is'), ([[0, 1, 2]], 'shape is'), (np.zeros((0, 2)), 'shape is'), ([[0, np.inf]], 'NaN or infinity'),
    ([[0, 1], NAN, NAN], 'in 2 of 3 rows, first in row 1'),
])
def test_positions_that_are_refused(bad, words):
    with pytest.raises(ValueError, match=f'xy .*{words}'): plot_songs(bad, ax=axes())
    with pytest.raises(ValueError, match=f'xy .*{words}'): plot_match(bad, [0, 0], 0, ax=axes())


@pytest.mark.parametrize('query, best, words', [
    ([.5], 0, 'query needs two'), (NAN, 0, 'query has NaN'),
    ([0, 0], -1, 'best needs'), ([0, 0], [3, 20], 'from 0 to 19'),
    ([0, 0], 1., 'best needs'), ([0, 0], [], 'best needs'), ([0, 0], [[1]], 'best needs'), ([0, 0], True, 'best needs'),
])
def test_matches_that_are_refused(xy, query, best, words):
    with pytest.raises(ValueError, match=words): plot_match(xy, query, best, ax=axes())


def test_a_wrong_number_of_names_is_refused(xy):
    with pytest.raises(ValueError, match='3 labels for 20 songs'): plot_songs(xy, labels=['a']*3, ax=axes())
    with pytest.raises(ValueError, match='21 groups for 20 songs'): plot_songs(xy, groups=['a']*21, ax=axes())
    with pytest.raises(ValueError, match='3 labels for 20 songs'): plot_match(xy, [0, 0], 1, labels=['a']*3, ax=axes())
