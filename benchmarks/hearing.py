"""How well, and how fast, do methods find songs that belong together? songae beside MFCCs, musly, the paper and chance.

    pip install pymusly
    python benchmarks/hearing.py FOLDER [--labels FILE.csv] [--by artist] [--pairs FILE.csv] [--parts board,pairs,...]

FOLDER holds songs, FILE.csv a column `path` relative to it and a column of labels (the files' own tags serve where
there is no CSV); pairs have columns `path_a` and `path_b`. Parts, each a table:

    board        P@1 and MAP with intervals, hubs and robustness of every method; `all` counts singletons as misses
    ingredients  what each part of the encoder adds, and what training by contrast or reconstruction adds or takes
    pairs        for how many songs is the pair the nearest of the songs in pairs, over several seeds
    stability    do two seeds name the same ten neighbors?
    speed        file to code, songae and musly in turns on the same files, as Ogg and MP3

Low and high are the ends of 95 % intervals, from a bootstrap over songs. A singleton is a song whose label no other
song has. Everything random is drawn from seeds, and seconds include training: nothing is pretrained.
"""
import argparse
import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')

import numpy as np
import pandas as pd
import soundfile as sf

from songae.audio import duration, excerpts, load
from songae.basics import one_core_each
from songae.encoders import Encoder, PatchEncoder
from songae.features import BAND_LEVELS, BAND_SPREAD, PatchFeatures, random_kernels
from songae.files import AudioError, find_songs
from songae.lda import fit_lda, gather, normalize
from songae.leaderboard import (METHODS, PAPER, encoder_distances, leaderboard, mfcc_statistics, read_labels,
                                robustness, tag_labels)
from songae.melspec import N_FRAMES, N_MELS, N_PATCHES, PATCH_RATE, PATCH_SAMPLES, patches
from songae.metrics import stability, summarize
from songae.neighbors import local_scaling, pairwise_distances

ROBUST = 'MFCC', 'untrained', 'musly mandelellis', 'songae'     # the paper's models and PCA would take hours


# Methods --------------------------------------------------------------------------------------------------------------

def musly(method='mandelellis'):
    "musly as its own program uses it: 30 s from the middle of a song; distances, not codes."
    import pymusly

    def distances(paths):
        jukebox = pymusly.MuslyJukebox(method, 'none')
        tracks = [jukebox.track_from_audiodata(thirty_seconds(p).tolist()) for p in paths]
        jukebox.set_style(tracks)
        both = list(zip(jukebox.add_tracks(tracks), tracks))
        d = np.array([jukebox.compute_similarity(song, both) for song in both], np.float64)
        d = (d + d.T)/2
        np.fill_diagonal(d, 0)
        return d
    return distances


def has_musly():
    try: import pymusly
    except ImportError: return False
    return True


def thirty_seconds(path):
    n = 30*PATCH_RATE
    try: return load(path, n, sr=PATCH_RATE, offset=max(duration(path)/2 - 15, 0))
    except AudioError: return load(path, n, sr=PATCH_RATE)      # silent in its middle


def only_encoding(method):
    "A method as a function of paths that learns nothing from them."
    return (lambda paths: encoder_distances(method, paths)) if isinstance(method, Encoder) else method


def standardized(codes): return pairwise_distances((codes - codes.mean(0))/(codes.std(0) + 1e-9))


def pair_hits(d, pairs):
    "For how many of the songs in pairs is the pair nearest, among these songs?"
    if not len(pairs): return 0
    songs = np.array(pairs, int).ravel()
    d = d[np.ix_(songs, songs)] + np.diag(np.full(len(songs), np.inf))
    partner = np.arange(len(songs)) ^ 1
    return int((d.argmin(1) == partner).sum())


def timed(f):
    start = time.perf_counter()
    return f(), time.perf_counter() - start


def in_full(df): return df.to_string(float_format='{:.3f}'.format)


# The songs ------------------------------------------------------------------------------------------------------------

class Songs:
    "The patches of all songs, and what the parts share."
    def __init__(self, paths, labels, pairs):
        x, self.seconds = timed(lambda: decoded(paths))
        self.x = np.stack([p for p in x if p is not None])
        self.paths = [path for path, p in zip(paths, x) if p is not None]
        label_of, at = dict(zip(paths, labels)), {p: i for i, p in enumerate(self.paths)}
        self.labels = np.array([label_of[p] for p in self.paths], object)
        self.pairs = [(at[a], at[b]) for a, b in pairs if a in at and b in at]

    def each(self, f):
        "What `f` makes of each song's patches, (songs, numbers)."
        return np.stack([f(x) for x in self.x])

    def lda_codes(self, features):
        "Codes of the songs by an LDA of these features."
        means, scatter = gather(features(x) for x in self.x)
        return fit_lda(means, scatter).encode(means)

    def encoder(self, seed=0, songs=None):
        "The default encoder, learned from these songs, all unless given."
        encoder = PatchEncoder(seed=seed)
        return encoder.learn(*gather(encoder.features(x) for x in (self.x if songs is None else self.x[songs])))

    def encoder_codes(self, seed, learn_from=None, songs=None):
        encoder = self.encoder(seed, learn_from)
        return np.stack([encoder.encode_means(encoder.features(x).mean(0)) for x in (self.x if songs is None else self.x[songs])])

    def row(self, d, seconds):
        "A row of a table."
        s = with_misses(pd.Series(summarize(d, self.labels)))
        columns = ['P@1', 'P@1 low', 'P@1 high', 'MAP', 'P@1 all', 'MAP all', 'skew', 'coverage']
        pairs = f'{pair_hits(d, self.pairs)} of {2*len(self.pairs)}'
        return s[columns].to_dict() | dict(pairs=pairs, seconds=seconds)


def decoded(paths):
    "The patches of each song, None where it cannot be decoded."
    def one(path):
        try: return patches(path)
        except AudioError as e: print('left out:', e)
    with one_core_each(), ThreadPoolExecutor(os.cpu_count()) as pool: return list(pool.map(one, paths))


def with_misses(scores):
    "P@1 and MAP once more, where a song whose label nobody else has counts as a miss. A row or a table."
    share = scores['queries']/(scores['queries'] + scores['singletons'])
    both = {f'{name} all': scores[name]*share for name in ('P@1', 'MAP')}
    return pd.concat([scores, pd.Series(both)]) if isinstance(scores, pd.Series) else scores.assign(**both)


# Parts ----------------------------------------------------------------------------------------------------------------

def board(lib, args):
    methods = {name: METHODS[name] for name in ('MFCC', 'PCA', 'untrained')}
    if has_musly(): methods |= {f'musly {m}': musly(m) for m in ('mandelellis', 'timbre')}
    else: print('pymusly is not installed, so musly is missing from the tables')
    methods |= {f"the paper's {m}": PAPER[f"the paper's {m}"] for m in args.paper.split(',') if m}
    methods['songae'] = METHODS['songae']
    df = with_misses(leaderboard(methods, lib.paths, lib.labels))
    for error in df.error[df.error != '']: print(error)
    df = df.drop(columns=['queries', 'singletons', 'chance', 'error'])
    print(in_full(df), flush=True)      # robustness takes longer
    return add_robustness(df, methods, lib.paths[::args.every]) if args.every else df


def add_robustness(df, methods, paths):
    for name in ROBUST:
        if name not in methods: continue
        found = robustness(only_encoding(methods[name]), paths, progress=False).found
        df.loc[name, [f'{alteration}, of {len(paths)}' for alteration in found.index]] = found.values
    return df


def ingredients(lib, args):
    rows, bare, whole = {}, PatchFeatures([]), PatchFeatures(random_kernels())

    def put(name, f):
        d, seconds = timed(f)
        rows[name] = lib.row(d, seconds)
        print(name, {k: round(v, 3) if isinstance(v, float) else v for k, v in rows[name].items()}, flush=True)

    def mean_of(features): return lib.each(lambda x: features(x).mean(0))

    put('MFCC', lambda: pairwise_distances(mfcc_statistics(lib.paths)))
    put('features of the bands', lambda: standardized(mean_of(bare)))
    put('+ random convolutions', lambda: standardized(mean_of(whole)))
    put('features of the bands, LDA', lambda: pairwise_distances(lib.lda_codes(bare)))
    put('+ random convolutions, LDA', lambda: pairwise_distances(lib.lda_codes(whole)))
    put('the same, locally scaled: songae', lambda: local_scaling(pairwise_distances(lib.lda_codes(whole))))
    put("songae, by the songs' own average spectrum",
        lambda: local_scaling(pairwise_distances(lib.lda_codes(own_spectrum(lib.x, whole)))))
    for shape in 'simple', 'sparse', 'deep', 'conv':        # the last takes more than fifty times as long
        epochs = 1 if args.quick else 2 if shape == 'conv' else 20
        put(f'{shape} autoencoder of patches', lambda: autoencoder(lib, shape, epochs))
    ways = {'contrast': {}, 'contrast + reconstruction': dict(reconstruct=1.), 'contrast, EQ of 6 dB': dict(eq=6.),
            'contrast, no EQ': dict(eq=0.)}
    for name, settings in ways.items():
        model, seconds = timed(lambda: trained(lib, args, **settings))
        codes = lib.lda_codes(to_features(model))
        put(f'{name}: head', lambda: pairwise_distances(head_codes(lib, model)))
        put(f'{name}: LDA', lambda: pairwise_distances(codes))
        put(f'{name}: LDA, locally scaled', lambda: local_scaling(pairwise_distances(codes)))
        for part in 'head', 'LDA', 'LDA, locally scaled': rows[f'{name}: {part}']['seconds'] += seconds
    return pd.DataFrame(rows).T


def own_spectrum(x, features):
    "The features with the average and the spread of these songs' own bands in place of the constants."
    bands = x[:, ::5].reshape(-1, N_MELS).astype(np.float32)
    mean, spread = bands.mean(0), bands.std(0)
    return lambda x: features((x.astype(np.float32) - mean)/spread*BAND_SPREAD + BAND_LEVELS)


def autoencoder(lib, shape, epochs):
    "One of the paper's shapes on patches instead of waveforms: 64 numbers a patch, a song is their mean."
    from songae.autoencoders import BUILDERS, encoder_of
    from songae.training import train
    x = lib.x[:, ::3].reshape(-1, N_FRAMES*N_MELS).astype(np.float32)      # ten patches of each song
    x = (x.clip(-60, 60) + 60)/120
    model = BUILDERS[shape](x.shape[1], 64)
    history = train(model, x, epochs=epochs, batch_size=64, progress=False)
    encoder = encoder_of(model)
    codes = np.concatenate([np.asarray(encoder(x[i:i + 64])) for i in range(0, len(x), 64)])
    print(f'{shape} on patches: loss {history.loss.iloc[-1]:.4f}, bias only {history.bias_only.iloc[-1]:.4f}')
    return standardized(codes.reshape(len(lib.x), N_PATCHES//3, -1).mean(1))


def trained(lib, args, seed=0, **settings):
    "A network trained by contrast on the songs."
    from songae.contrast import build_contrast, train_contrast
    model, epochs = build_contrast(seed=seed), 1 if args.quick else 12       # with more it only memorizes
    history = train_contrast(model, lib.x, epochs=epochs, seed=seed, progress=False, **settings)
    last, held_out = history.iloc[-1], history.held_out
    print(f'{settings}: loss {last.loss:.3f}, by chance {last.chance_loss:.3f}')
    if held_out.notna().any():
        lowest = f'lowest {held_out.min():.3f} in epoch {held_out.idxmin()} of {len(history)}'
        print(f'  of songs not trained on {last.held_out:.3f}, {lowest}; by chance {last.held_out_chance:.3f}')
    return model


def to_features(model):
    from songae.contrast import to_features
    return to_features(model)


def head_codes(lib, model):
    def code(x): return normalize(np.asarray(model(x.astype(np.float32)))).mean(0)
    return normalize(lib.each(code))


def pairs(lib, args):
    songs = np.array(lib.pairs, int).ravel()
    if not len(songs): raise SystemExit('the part pairs needs --pairs, with songs of the folder')
    paths, couples = [lib.paths[i] for i in songs], np.arange(len(songs)).reshape(-1, 2)

    def distances(learn_from, seed): return local_scaling(pairwise_distances(lib.encoder_codes(seed, learn_from, songs)))

    def by_seed(learn_from): return [distances(learn_from, seed) for seed in range(args.seeds)]

    answers = {'learned from all songs': by_seed(None),
               'learned from the songs in pairs only': by_seed(np.sort(songs)),
               'MFCC': [pairwise_distances(mfcc_statistics(paths))]}
    if has_musly(): answers['musly mandelellis'] = [musly()(paths)]
    hits = {name: [pair_hits(d, couples) for d in ds] for name, ds in answers.items()}
    about = dict(of=len(songs), chance=len(songs)/(len(songs) - 1))
    rows = {name: dict(mean=np.mean(h), seeds=' '.join(map(str, h))) | about for name, h in hits.items()}
    return pd.DataFrame(rows).T


def stable(lib, args):
    songae = [local_scaling(pairwise_distances(lib.encoder_codes(seed))) for seed in range(args.seeds)]
    models = [trained(lib, args, seed) for seed in range(2)]
    contrast = [pairwise_distances(lib.lda_codes(to_features(model))) for model in models]
    return pd.DataFrame({f'songae, {args.seeds} seeds': stability(songae), 'contrast, 2 seeds': stability(contrast)}).T


def speed(lib, args):
    "Median time of a song, of both in turns; the decoder's share is the least there can be."
    encoder = lib.encoder(songs=slice(50))
    with tempfile.TemporaryDirectory() as folder:
        files = files_by_format(lib.paths[::max(len(lib.paths)//args.files, 1)], Path(folder))
        return pd.DataFrame({f'{kind}, {len(paths)} files': speed_row(encoder, paths*args.rounds)
                             for kind, paths in files.items() if paths}).T


def files_by_format(paths, folder):
    "The Ogg files among some songs; and all of them as MP3, their first four minutes."
    files = dict(OGG=[], MP3=[])
    for i, p in enumerate(paths):
        about = sf.info(str(p))
        if (about.format, about.subtype) == ('OGG', 'VORBIS'): files['OGG'].append(p)
        x = load(p, 240*44_100, mono=False)[:, :2]
        files['MP3'].append(folder/f'{i}.mp3')
        sf.write(files['MP3'][-1], x.clip(-1, 1), 44_100, format='MP3')
    return files


def speed_row(encoder, paths):
    positions = np.linspace(0, 1, N_PATCHES)
    tasks = {'songae': encoder.encode_song,
             'decoding': lambda p: excerpts(p, positions, PATCH_SAMPLES, sr=PATCH_RATE)}
    if has_musly():
        import pymusly
        jukebox = pymusly.MuslyJukebox('mandelellis', 'none')
        tasks['musly'] = lambda p: jukebox.track_from_audiodata(thirty_seconds(p).tolist())
        tasks['its decoding'] = thirty_seconds
    with one_core_each(): times = [{name: timed(lambda: f(p))[1] for name, f in tasks.items()} for p in paths]
    def of(f): return median(f(t) for t in times)
    row = {'songae ms': 1e3*of(lambda t: t['songae']), 'of it decoding': of(lambda t: t['decoding']/t['songae'])}
    if 'musly' not in tasks: return row
    row |= {'musly ms': 1e3*of(lambda t: t['musly']), 'of musly decoding': of(lambda t: t['its decoding']/t['musly'])}
    return row | {'musly/songae': of(lambda t: t['musly']/t['songae'])}


PARTS = dict(board=board, ingredients=ingredients, pairs=pairs, stability=stable, speed=speed)


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('folder', type=Path)
    p.add_argument('--labels', type=Path, help='a CSV; the tags of the files unless given')
    p.add_argument('--by', default='artist', help='the column, or tag, that says which songs belong together')
    p.add_argument('--pairs', type=Path, help='a CSV of songs that belong together in twos')
    p.add_argument('--parts', default=','.join(PARTS))
    p.add_argument('--paper', default='simple,sparse,deep',
                   help="the paper's models on the board; conv takes most of an hour on 281 songs")
    p.add_argument('--seeds', type=int, default=5, help='how many, for pairs and stability')
    p.add_argument('--files', type=int, default=30, help='how many are timed')
    p.add_argument('--rounds', type=int, default=3, help='how often each is timed')
    p.add_argument('--every', type=int, default=3, help='robustness is measured on every third song; 0: on none')
    p.add_argument('--quick', action='store_true', help='one epoch of each network: does everything run?')
    p.add_argument('--out', type=Path, help='a folder for the tables as CSV')
    return p.parse_args()


def read_pairs(args):
    if not args.pairs: return []
    table = pd.read_csv(args.pairs)[['path_a', 'path_b']]
    return [[(args.folder/p).resolve() for p in row] for row in table.values]


def main():
    args = arguments()
    if args.labels: table = read_labels(args.folder, args.labels, args.by)
    else: table = tag_labels(find_songs(args.folder), args.by)
    lib = Songs([Path(p) for p in table.index], list(table.label), read_pairs(args))
    print(f'{len(lib.paths)} songs, {N_PATCHES} patches of each decoded in {lib.seconds:.0f} s')
    for part in args.parts.split(','):
        df, seconds = timed(lambda: PARTS[part](lib, args))
        print(f'\n{part} ({seconds:.0f} s)\n{in_full(df)}\n', flush=True)
        if args.out:
            args.out.mkdir(exist_ok=True)
            df.round(4).to_csv(args.out/f'{part}.csv')


if __name__ == '__main__': main()
