"""What questions are answered with, on a saved matcher of your own songs: paths, seeds, variety, how lively songs are.

    python benchmarks/query.py SAVED                    # paths, seeds, variety: a minute
    python benchmarks/query.py SAVED --parts lively     # decodes forty seconds of each song

paths:   the longest step and the length of a way between two songs, in units of the straight way: the path that songae
         finds, the nearest songs to points on the line, and songs drawn at random; medians of pairs, and who wins.
seeds:   is the first song of the answer of the seeds' artist, from one to four songs of that artist as seeds? And what
         `unlike` does: the share of the answer that is of the artist that is not wanted. Chance beside.
variety: what of the nearest twenty is still named, how far the answers are, and how many songs two draws have in common.
lively:  rank correlation of `order='rise'` with what is measured in the sound: loudness, brightness, spectral flux.
"""
import argparse
import time

import numpy as np
import pandas as pd

from songae import SongMatcher
from songae.query import near_line, smooth_path, straight_path

FREE = dict(by_artist=0, by_album=0)


def way(codes, a, b, path):
    steps = np.linalg.norm(np.diff(np.concatenate([[a], codes[path], [b]]), axis=0), axis=1)
    direct = np.linalg.norm(b - a)
    return steps.max()/direct, steps.sum()/direct


def paths_part(m, args):
    codes, rng, rows = m.codes_.astype(float), np.random.default_rng(0), []
    for _ in range(args.pairs):
        i, j = rng.choice(len(codes), 2, replace=False)
        a, b = codes[i], codes[j]
        others = np.setdiff1d(np.arange(len(codes)), [i, j])
        near = near_line(codes[others], a, b, args.steps, np.ones(len(others), bool))
        found = {'smooth': near[smooth_path(codes[others[near]], a, b, args.steps)],
                 'straight line': straight_path(codes[others], a, b, args.steps), 'at random': rng.permutation(len(others))[:args.steps]}
        rows.append({(name, what): value for name, path in found.items()
                     for what, value in zip(('longest step', 'length'), way(codes[others], a, b, path))})
    df = pd.DataFrame(rows)
    df.columns = pd.MultiIndex.from_tuples(df.columns)
    table = df.median().unstack()
    for what in 'longest step', 'length':
        table[f'{what} beats the line'] = [(df[name, what] < df['straight line', what] - 1e-9).mean() for name in table.index]
        table[f'{what} loses'] = [(df[name, what] > df['straight line', what] + 1e-9).mean() for name in table.index]
    return table


def seeds_part(m, args):
    songs, rng = m.songs_, np.random.default_rng(0)
    artist = songs.artist.where(songs.artist != '', None)
    of = {name: np.flatnonzero(artist == name) for name, n in artist.value_counts().items() if n >= 6}
    if len(of) < 2: raise SystemExit('fewer than two artists with six songs')
    rows = []
    for _ in range(args.pairs):
        name, other = rng.choice(list(of), 2, replace=False)
        seeds, unlike = rng.permutation(of[name])[:4], rng.choice(of[other])
        row = {}
        for n in 1, 2, 3, 4:
            found = m.query(list(songs.path.iloc[seeds[:n]]), k=10, **FREE)
            row[f'P@1 of {n} seeds'] = float(found.artist.iloc[0] == name)
            row[f'of the artist, {n} seeds'] = (found.artist == name).mean()
            row[f'chance of {n}'] = (len(of[name]) - n)/(len(songs) - n)
        two = list(songs.path.iloc[[seeds[0], unlike]])
        row['of the other: like both'] = (m.query(two, k=10, **FREE).artist == other).mean()
        row['of the other: like one'] = (m.query(two[0], k=10, **FREE).artist == other).mean()
        row['of the other: unlike it'] = (m.query(two[0], two[1], k=10, **FREE).artist == other).mean()
        row['of the first: unlike the other'] = (m.query(two[0], two[1], k=10, **FREE).artist == name).mean()
        row['chance of the other'] = len(of[other])/len(songs)
        rows.append(row)
    return pd.DataFrame(rows).mean().to_frame('mean of questions')


def variety_part(m, args):
    rng, rows = np.random.default_rng(0), []
    seeds = m.songs_.path.iloc[rng.permutation(len(m.songs_))[:args.pairs]]
    for v in 0, .25, .5, .75, 1:
        for s in seeds:
            nearest = set(m.query(s, **FREE).index)
            one, two = (m.query(s, variety=v, seed=i, **FREE) for i in (1, 2))
            again = m.query(s, variety=v, seed=1, **FREE)
            assert list(again.index) == list(one.index)
            rows.append({'variety': v, 'of the nearest': np.mean([p in nearest for p in one.index]), 'mean distance': one.distance.mean(),
                         'in common': len(set(one.index) & set(two.index))/len(one)})
    df = pd.DataFrame(rows).groupby('variety').mean()
    df.loc['at random'] = {'of the nearest': 20/len(m.ids_), 'in common': 20/len(m.ids_),
                           'mean distance': np.mean([m.nearest_.distances_to(m.codes_[i]).mean() for i in rng.permutation(len(m.ids_))[:50]])}
    return df


def lively_part(m, args):
    from scipy.stats import spearmanr
    from tqdm.auto import tqdm

    from songae.audio import load
    from songae.files import AudioError
    rows, used = [], []
    for i, path in enumerate(tqdm(m.songs_.path)):
        try: x = load(path, 40*22_050, sr=22_050, offset=20)
        except AudioError: continue
        if len(x) < 3*22_050: continue
        frames = np.lib.stride_tricks.sliding_window_view(x, 1024)[::512]
        spectrum = np.abs(np.fft.rfft(frames*np.hanning(1024)))
        flux = np.maximum(np.diff(spectrum, axis=0), 0).sum(1)
        rows.append({'loudness': np.log(x.std() + 1e-9), 'brightness': (spectrum @ np.arange(513)/(spectrum.sum(1) + 1e-9)).mean(),
                     'flux': flux.mean(), 'flux of the level': (flux/(spectrum[1:].sum(1) + 1e-3)).mean()})
        used.append(i)
    df = pd.DataFrame(rows)
    lively, shuffled = m.liveliness(used), np.random.default_rng(0).permutation(len(used))
    return pd.DataFrame({c: {'liveliness': spearmanr(lively, df[c])[0], 'shuffled': spearmanr(lively[shuffled], df[c])[0]} for c in df})


PARTS = dict(paths=paths_part, seeds=seeds_part, variety=variety_part, lively=lively_part)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('saved', help='a saved matcher or a library, of the default encoder')
    p.add_argument('--parts', default='paths,seeds,variety')
    p.add_argument('--pairs', type=int, default=200, help='questions')
    p.add_argument('--steps', type=int, default=8, help='songs on a path')
    args = p.parse_args()
    m = SongMatcher.load(args.saved)
    for part in args.parts.split(','):
        start = time.perf_counter()
        df = PARTS[part](m, args)
        print(f'\n{part} of {len(m.ids_):,} songs ({time.perf_counter() - start:.0f} s)\n{df.to_string(float_format="{:.3f}".format)}', flush=True)


if __name__ == '__main__': main()
