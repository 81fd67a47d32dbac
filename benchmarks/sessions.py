"""What comes next: who guesses best, how many plays it takes, how long learning, importing and asking last.

    python benchmarks/sessions.py FOLDER [--parts simulated,curve,cold,albums,training,import,asking]

FOLDER holds songs, or is a saved matcher of them. Nobody's listening is measured here: the listener is made
(`songae.sessions.Listener`), and so is the history that is imported. Parts, each a table:

    simulated  all models and the truth, songs in order and shuffled within sessions
    curve      HR@20 by how many plays there are to learn from: where the recurrent network passes V-SKNN
    cold       songs that nobody has played: every fifth is taken out of what is learned from, and asked about
    albums     the order of tracks on albums, a weak stand-in for sessions: five deals of the albums
    training   the recurrent network on 50,000 plays: minutes
    import     ten million rows, --rows: minutes, peak memory
    asking     a session among 1,000, 10,000 and 100,000 songs: milliseconds, each part and the fusion; medians
"""
import argparse
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')

import numpy as np
import pandas as pd

from songae import Library, SongMatcher
from songae.fusion import Factors, Fusion, available_models, judge_history
from songae.recurrence import Recurrent
from songae.sessions import (Content, Listener, NextSongs, SessionKNN, ask, chance_of_hits, made_library,
                             songs_by_session, split_by_time, summarize_questions)

PLAYS = 8000
SIZES = 250, 500, 1000, 2000, 4000, 8000, 16_000, 50_000


def simulated(args, m):
    rows = []
    for order in 'in order', 'shuffled':
        listener = Listener(m.codes_)
        plays = listener.draw(args.plays, shuffled=order == 'shuffled')
        with tempfile.TemporaryDirectory() as folder:
            board = judge_history(songs_by_session(plays), m.nearest_, checkpoints=folder)
        if order == 'in order': board.loc['the truth', 'HR@20'] = listener.true_hits(plays)
        rows.append(board.drop(columns=['questions', 'cold', 'cold_asked']).assign(songs=order))
    return pd.concat(rows).set_index('songs', append=True)


def curve(args, m):
    "The same future for all: the last sessions of the longest history; what is learned from ends before them."
    sessions = songs_by_session(Listener(m.codes_).draw(max(args.sizes) + 2000))
    ends = np.cumsum([len(s) for s in sessions])
    first = int(np.searchsorted(ends, ends[-1] - 1600))
    past, future, rows = sessions[:first], sessions[first:], {}
    for n in args.sizes:
        lengths = np.cumsum([len(s) for s in past[::-1]])
        some = past[-int(np.searchsorted(lengths, n) + 1):]         # the last n plays before the future
        with tempfile.TemporaryDirectory() as folder:
            models = available_models(m.nearest_, checkpoints=folder)
            models = {'content': models['content'], 'V-SKNN': models['V-SKNN'], 'GRU': models['GRU'], 'fusion': Fusion(m.nearest_, models)}
            found = {name: summarize_questions(ask(model.fit(some), future)) for name, model in models.items()}
        rows[n] = {f'{name} {c}': f[f'HR@20{c}'] for name, f in found.items() for c in ('', ' low', ' high')}
        print(f'  {n} plays', flush=True)
    print(f'  chance {chance_of_hits(future, len(m.codes_))["HR@20"]:.3f}')
    df = pd.DataFrame(rows).T
    return df.rename(columns=str.strip).rename_axis('plays')


def cold(args, m):
    "The last sessions are asked about as they are; those before lack every fifth song, as if it had come later."
    past, future = split_by_time(songs_by_session(Listener(m.codes_).draw(args.plays)))
    known = [s for s in (s[s % 5 > 0] for s in past) if len(s) > 1]
    with tempfile.TemporaryDirectory() as folder:
        models = available_models(m.nearest_, checkpoints=folder)
        models['fusion'] = Fusion(m.nearest_, dict(models))
        rows = {name: summarize_questions(ask(model.fit(known), future)) for name, model in models.items()}
    rows['chance'] = {c: chance_of_hits(future, len(m.codes_))['HR@20'] for c in ('HR@20', 'cold songs')}
    return pd.DataFrame(rows).T[['HR@20', 'HR@20 low', 'HR@20 high', 'cold songs', 'cold']].astype(float)


def albums(args, m):
    "Sessions are albums: a folder's songs in the order of their names. Albums are dealt into five parts; each is asked about once."
    folders = pd.Series([str(Path(p).parent) for p in m.songs_.path])
    order = np.argsort(m.songs_.path.to_numpy(), kind='stable')
    sessions = [order[folders.to_numpy()[order] == f] for f in folders.unique()]
    sessions = [s for s in sessions if len(s) > 1]
    deal = np.random.default_rng(0).permutation(len(sessions)) % 5
    names, asked = ['content', 'V-SKNN', 'ALS', 'GRU', 'fusion'], {}
    for i in range(5):
        past = [s for s, d in zip(sessions, deal) if d != i]
        future = [s for s, d in zip(sessions, deal) if d == i]
        with tempfile.TemporaryDirectory() as folder:
            models = available_models(m.nearest_, checkpoints=folder)
            models['fusion'] = Fusion(m.nearest_, dict(models))
            for name in names:
                if name not in models: continue
                f = ask(models[name].fit(past), future)
                asked.setdefault(name, []).append(f.assign(session=f.session + 1000*i))
    rows = {name: hits_of(pd.concat(parts)) for name, parts in asked.items()}
    rows = {'chance': {'HR@20': np.mean([chance_of_hits([s], len(m.codes_))['HR@20'] for s in sessions])}} | rows
    return pd.DataFrame(rows).T


def hits_of(df):
    from songae.metrics import bootstrap
    hit = (df['rank'] <= 20).astype(float)
    low, high = bootstrap(hit, groups=df.session)
    return {'HR@20': hit.mean(), 'low': low, 'high': high, 'questions': len(df)}


def training(args, m):
    sessions = songs_by_session(Listener(m.codes_).draw(50_000))
    start = time.perf_counter()
    model = Recurrent(m.nearest_).fit(sessions)
    minutes = (time.perf_counter() - start)/60
    return pd.DataFrame([dict(plays=sum(map(len, sessions)), epochs=len(model.history_), minutes=minutes, **model.history_.iloc[-1])])


IMPORT = '''import re, sys, time
from songae.history import History
start = time.perf_counter()
report = History(sys.argv[1]).import_file(sys.argv[2], progress=False)
peak = re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1]
print(report.rows, report.added, time.perf_counter() - start, int(peak)/1e3)'''


def imported(args, m):
    with tempfile.TemporaryDirectory() as place:
        place, rng = Path(place), np.random.default_rng(0)
        names = [(a, t) for a, t in zip(m.songs_.artist, m.songs_.title)]
        names += [(f'artist {i % 997}', f'song {i}') for i in range(20_000)]
        with open(place/'plays.json', 'w') as f:
            f.write('[')
            for i in range(args.rows):
                artist, title = names[rng.integers(len(names))]
                row = dict(listened_at=1_000_000_000 + 40*i, track_metadata=dict(artist_name=artist, track_name=title))
                f.write(',\n'*(i > 0) + json.dumps(row))
            f.write(']')
        Library(place/'my.songae').db.close()
        m.catalog_.backup(sqlite3.connect(place/'my.songae'/'catalog.db'))
        told = subprocess.run([sys.executable, '-c', IMPORT, place/'my.songae', place/'plays.json'], capture_output=True, text=True, check=True)
    rows, added, seconds, peak = map(float, told.stdout.split())
    return pd.DataFrame([{'rows': rows, 'new plays': added, 'minutes': seconds/60, 'peak MB': peak}])


def asking(args, m):
    rows = {}
    for n in 1000, 10_000, 100_000:
        index = made_library(n, groups=n//20, size=128)
        listener = np.random.default_rng(0)
        sessions = [listener.integers(n, size=12) for _ in range(4000)]
        gru = NextSongs.fit(Recurrent(index), sessions)
        gru.take([listener.normal(size=s)*.1 for s in ((128, 192), (64, 192), (2, 192), (64, 128), (128,))])
        als = NextSongs.fit(Factors(index), sessions).take(listener.normal(size=(n, 16)).astype(np.float32))
        models = {'content': Content(index).fit(sessions), 'V-SKNN': SessionKNN(index).fit(sessions), 'ALS': als, 'GRU': gru}
        fusion = NextSongs.fit(Fusion(index, models), sessions)
        fusion.weights_ = np.ones(4)
        rows[n] = {name: 1e3*median(timed(lambda: model.next_songs(sessions[i], 10)) for i in range(30))
                   for name, model in (models | dict(fusion=fusion)).items()}
    return pd.DataFrame(rows).T.rename_axis('songs; ms')


def timed(f):
    start = time.perf_counter()
    f()
    return time.perf_counter() - start


PARTS = dict(simulated=simulated, curve=curve, cold=cold, albums=albums, training=training, asking=asking) | {'import': imported}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('folder', type=Path)
    p.add_argument('--parts', default='simulated,curve,cold,albums,training,asking')
    p.add_argument('--plays', type=int, default=PLAYS, help='of the made listener')
    p.add_argument('--sizes', type=lambda text: [int(n) for n in text.split(',')], default=SIZES, help='of the curve')
    p.add_argument('--rows', type=int, default=10_000_000, help='of the history that is imported')
    args = p.parse_args()
    saved = (args.folder/'settings.json').exists()
    m = SongMatcher.load(args.folder) if saved else SongMatcher().fit(args.folder)
    for part in args.parts.split(','):
        start = time.perf_counter()
        df = PARTS[part](args, m)
        print(f'\n{part} ({time.perf_counter() - start:.0f} s)\n{df.to_string(float_format="{:,.3f}".format, na_rep="")}\n', flush=True)


if __name__ == '__main__': main()
