"Sessions, what comes next, and who guesses best: odd input, and laws that hold for any library."
import numpy as np
import pandas as pd
import pytest
from conftest import python

from songae.fusion import (Factors, Fusion, MissingImplicit, available_models, fit_weights, judge_history, learn_metric, learn_weights,
                           odd_one_out, odd_triplets, predicted)
from songae.neighbors import Nearest
from songae.recurrence import Recurrent, build_recurrent, contrast_loss, gru_step, train_recurrent
from songae.sessions import (COUNTING, Content, ItemKNN, Listener, Markov, Popularity, SessionKNN, ask, chance_of_hits, cut_sessions,
                             judge_next_songs, kinds_of_plays, made_library, rank_of, songs_by_session, split_by_time)

SMALL = dict(units=8, epochs=2)


@pytest.fixture(scope='module')
def index(): return made_library(60, groups=12, size=8)


@pytest.fixture(scope='module')
def sessions(index): return songs_by_session(Listener(index.codes_, moods=4).draw(1200))


def test_pauses():
    assert cut_sessions([0, 1800, 3601]).tolist() == [0, 0, 1]
    assert cut_sessions([0, 1800, 3601], gap=1801).tolist() == [0, 0, 0]
    assert cut_sessions([0, 7200], [7000, np.nan]).tolist() == [0, 0]      # an opera was playing
    with pytest.raises(ValueError, match='ascend'): cut_sessions([2, 1])
    with pytest.raises(ValueError, match='gap'): cut_sessions([1, 2], gap=0)


def test_kinds_follow_the_log_before_the_clock():
    kinds = kinds_of_plays([1, 1, 2, 2, 3], [0, 0, 0, 1, 1], [10, 200, 10, 200, np.nan], [False, None, True, np.nan, None])
    assert kinds.tolist() == ['new', 'repeat', 'skip', 'known', 'new']
    assert kinds_of_plays([], []).tolist() == []


def test_skips_and_repeats_are_not_learned_from():
    df = pd.DataFrame(dict(song=[1, 2, 1, 3, 4], session=[0, 0, 0, 0, 1], kind=['new', 'skip', 'repeat', 'new', 'new']))
    assert [s.tolist() for s in songs_by_session(df)] == [[1, 3]]


def test_the_listener_is_the_same_again_and_drifts(index):
    a, b = (Listener(index.codes_, seed=3).draw(200) for _ in range(2))
    assert a.equals(b) and not a.equals(Listener(index.codes_, seed=4).draw(200))
    assert (a.played[a.skipped] < 30).all() and (a.kind[a.skipped] == 'skip').all() and a.time.is_monotonic_increasing
    first = a[a.session == 0]
    assert first.mood.iloc[:3].nunique() == 1 and not first.song.duplicated().any()
    assert Listener(index.codes_[:3], moods=9).draw(5).song.between(0, 2).all()


@pytest.mark.parametrize('model', [*COUNTING.values(), Factors, lambda i: Recurrent(i, **SMALL), lambda i: Fusion(i, available_models(i, **SMALL))])
def test_every_model_names_others(model, index, sessions):
    m = model(index).fit(sessions)
    for session in sessions[0][:1], sessions[0], np.arange(58), list(sessions[1]):
        assert m.scores(session).shape == (60,) and np.isfinite(m.scores(session)).all()
        named = m.next_songs(session, 5)
        assert len(named) == min(5, 60 - len(set(session))) and not set(named) & set(session)
    assert (m.next_songs(sessions[0], 5) == m.next_songs(sessions[0], 9)[:5]).all()


@pytest.mark.parametrize('model', [Popularity, Content, ItemKNN, Markov, SessionKNN])
def test_without_sessions_nothing_is_known(model, index):
    m = model(index).fit([])
    assert np.isfinite(m.scores([3])).all() and len(m.next_songs([3], 4)) == 4
    if model is not Content: assert not m.scores([3]).any()


def test_ranks_and_ties():
    assert rank_of(np.zeros(11), 3, []) == 6 and rank_of(np.array([3., 2, 1]), 0, []) == 1
    assert rank_of(np.array([3., 2, 1]), 1, [0]) == 1       # what was played is no candidate


def test_chance_is_what_random_guesses_score(index, sessions):
    class Random(Popularity):
        rng = np.random.default_rng(0)
        def scores(self, session): return self.rng.random(60)
    _, future = split_by_time(sessions)
    expected = chance_of_hits(future, 60)
    got = [judge_next_songs(dict(random=Random(index)), sessions).loc['random'] for _ in range(8)]
    assert abs(np.mean([g['HR@20'] for g in got]) - expected['HR@20']) < .03
    assert abs(np.mean([g['MRR@20'] for g in got]) - expected['MRR@20']) < .02


def test_an_oracle_hits(index, sessions):
    _, future = split_by_time(sessions)
    answers = iter([s[i] for s in future for i in range(1, len(s))])
    class Oracle(Popularity):
        def scores(self, session): return np.eye(60)[next(answers)]
    row = judge_next_songs(dict(oracle=Oracle(index)), future + future, share=.5).loc['oracle']
    assert row['MRR@20'] == 1


def test_the_future_is_not_learned_from(sessions):
    past, future = split_by_time(sessions, .25)
    assert len(past) + len(future) == len(sessions) and all(a is b for a, b in zip(past + future, sessions))
    for few in [], sessions[:1]:
        with pytest.raises(ValueError, match='too few'): split_by_time(few)


def test_cold_songs_are_counted_apart(index):
    past, future = [np.array([0, 1, 2])]*5, [np.array([0, 1]), np.array([50, 51]), np.array([0, 52])]
    asked = ask(Popularity(index).fit(past), future)
    assert asked.cold.tolist() == [False, True, True] and asked.cold_session.tolist() == [False, True, False]


def test_order_helps_only_where_it_matters():
    "The recurrent network's advantage over counting goes when the songs of each session are shuffled."
    index, gains = made_library(120, groups=20, size=12), {}
    for shuffled in False, True:
        made = songs_by_session(Listener(index.codes_, moods=6).draw(4000, shuffled=shuffled))
        board = judge_next_songs({'V-SKNN': SessionKNN(index), 'GRU': Recurrent(index, units=32)}, made, k=10)
        gains[shuffled] = board.loc['GRU', 'HR@10'] - board.loc['V-SKNN', 'HR@10']
    assert gains[False] > .08 and gains[True] < gains[False]/2


def test_numpy_is_keras(index):
    from songae.autoencoders import keras
    keras.utils.set_random_seed(1)
    network = build_recurrent(8, 5)
    for w in network.trainable_variables: w.assign(np.random.default_rng(0).normal(size=w.shape))
    m = Recurrent(index, units=5).take(network.get_weights())
    x = np.random.default_rng(0).integers(60, size=20)
    np.testing.assert_allclose(np.asarray(network(m.x[x][None]))[0, -1], m.wanted(x), rtol=1e-3, atol=1e-4)
    assert gru_step(np.zeros((3, 8)), np.zeros((3, 5)), *m.weights_[:3]).shape == (3, 5)


def test_padding_counts_nothing():
    rng = np.random.default_rng(0)
    e, x, songs = rng.normal(size=(6, 4)), rng.normal(size=(6, 4)), np.array([0, 1, 0, 2, -1, -1])
    assert np.allclose(contrast_loss(e, x, songs), contrast_loss(e[:4], x[:4], songs[:4]))
    assert np.isfinite(contrast_loss(e[4:], x[4:], songs[4:])).all()


def test_a_killed_training_goes_on(tmp_path, sessions):
    "Killed in the middle, and started again: the same weights as in one go."
    code = '''if True:
        import sys, numpy as np
        from songae.sessions import *; from songae.recurrence import *
        import songae.training as t
        index = made_library(60, groups=12, size=8)
        sessions = songs_by_session(Listener(index.codes_, moods=4).draw(1200))
        write = t.write_checkpoint
        def stop(path, about, state):
            write(path, about, state)
            if sys.argv[2] == 'kill' and len(about['losses']) == 3:
                import os, signal; os.kill(os.getpid(), signal.SIGKILL)
        t.write_checkpoint = stop
        network = build_recurrent(8, 8)
        df = train_recurrent(network, index.codes_, sessions, epochs=6, every=0, progress=False, checkpoint=sys.argv[1])
        print(repr([df.to_numpy().tolist(), [w.tolist() for w in network.get_weights()]]))'''
    with pytest.raises(AssertionError): python(code, tmp_path/'killed', 'kill')
    assert (tmp_path/'killed').exists()
    assert python(code, tmp_path/'killed', 'go on') == python(code, tmp_path/'whole', 'go on')


def test_the_network_needs_two_sessions(index):
    with pytest.raises(ValueError, match='two sessions'): train_recurrent(build_recurrent(8, 4), index.codes_, [np.array([1, 2])])
    df = train_recurrent(build_recurrent(8, 4), index.codes_, [np.arange(50), np.array([1, 2])], epochs=2, progress=False)
    assert len(df) == 2 and np.isfinite(df.to_numpy()).all()


def test_answers_load_no_tensorflow(index):
    code = '''if True:
        import sys, numpy as np
        from songae.sessions import *; from songae.recurrence import *; from songae.fusion import *
        index = made_library(20); m = NextSongs.fit(Recurrent(index, units=2), [])
        m.take([np.zeros((32, 6)), np.zeros((2, 6)), np.zeros((2, 6)), np.zeros((2, 32)), np.zeros(32)]).next_songs([1])
        NextSongs.fit(Factors(index), []).take(np.zeros((20, 3), np.float32)).next_songs([1])
        print([n for n in ('tensorflow', 'keras', 'implicit') if n in sys.modules])'''
    assert python(code).strip() == '[]'


def test_factors_without_the_library(index, sessions, monkeypatch):
    monkeypatch.setitem(__import__('sys').modules, 'implicit.cpu.als', None)
    with pytest.raises(MissingImplicit, match=r'songae\[history\]'): Factors(index).fit(sessions)
    monkeypatch.setattr('songae.fusion.find_spec', lambda name: None)
    assert list(available_models(index)) == ['content', 'V-SKNN']


def test_the_fusion_begins_as_content_and_changes_smoothly(index, sessions):
    models = {'content': Content(index), 'V-SKNN': SessionKNN(index)}
    m = Fusion(index, models).fit([])
    assert m.trust([3]) == 0 and (m.next_songs([3], 9) == Content(index).next_songs([3], 9)).all()
    m = Fusion(index, {'content': Content(index), 'V-SKNN': SessionKNN(index)}).fit(sessions)
    trusts = []
    for n in 0, 1, 3, 10, 100:
        m.counts_ = np.full(60, float(n))
        trusts.append(m.trust([5]))
    assert trusts[0] == 0 and trusts == sorted(trusts) and trusts[2] == .5 and trusts[-1] > .9


def test_the_fusion_is_no_worse_than_its_best_part(index, sessions):
    board = judge_history(sessions, index, k=10, units=16)
    parts = board.loc[['content', 'V-SKNN', 'ALS', 'GRU'], 'HR@10']
    assert board.loc['fusion', 'HR@10'] > parts.max() - .05 and board.loc['fusion', 'HR@10'] > board.loc['chance', 'HR@10']


def test_weights_cannot_be_negative():
    z = np.random.default_rng(0).normal(size=(50, 2, 10))
    z[:, 0, 0] += 2
    z[:, 1, 0] -= 2
    w = fit_weights(z, np.zeros(50, int))
    assert w[0] > .5 and w[1] == 0


def test_votes():
    rng = np.random.default_rng(0)
    codes = rng.normal(size=(80, 6)).astype(np.float32)
    planted = np.array([8, 1, 1, 1, 1, 1.])
    triplets = rng.integers(80, size=(400, 3))
    triplets = triplets[(triplets[:, 0] != triplets[:, 1]) & (triplets[:, 0] != triplets[:, 2]) & (triplets[:, 1] != triplets[:, 2])]
    flip = ~predicted(codes, triplets, planted)
    triplets[flip] = triplets[flip][:, [0, 2, 1]]
    learned = learn_metric(codes, triplets)
    assert learned.useful and learned.after > learned.before + .05 and learned.weights.argmax() == 0 and 'used' in str(learned)
    assert not learn_metric(codes, triplets[:4]).useful and not learn_metric(codes, []).useful
    assert np.allclose(learn_weights(codes, []), 1)
    three = odd_one_out(Nearest().fit(codes), rng)
    assert len(set(three)) == 3 and odd_triplets([4, 7, 9], 7) == [(4, 9, 7), (9, 4, 7)]
    with pytest.raises(ValueError, match='three songs'): odd_one_out(Nearest().fit(codes[:2]), rng)
