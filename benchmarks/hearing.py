"""How well, and how fast, do methods find songs that belong together? songae beside bliss, musly, MFCCs, the paper and chance.

    pip install pymusly bliss-audio librosa
    pip install --no-deps musicnn
    python benchmarks/hearing.py FOLDER [--labels FILE.csv] [--by artist] [--pairs FILE.csv] [--parts board,pairs,...]

FOLDER holds songs, FILE.csv a column `path` relative to it and a column of labels (the files' own tags serve where
there is no CSV); pairs have columns `path_a` and `path_b`. Parts, each a table:

    board        P@1 and MAP with intervals, of stored and of new songs; hubs, robustness; `all`: singletons as misses
    albums       the same artist on another album, and the same album by another artist
    new          stored and new songs among the same candidates, with the interval of the difference
    transfer     learned from another collection, --other FOLDER, and more and more of one's own songs
    ingredients  what each part of the encoder adds, and what other features, random or trained, would give
    pairs        for how many songs is the pair the nearest of the songs in pairs
    stability    do encoders learned from different nine tenths of the songs name the same ten neighbors?
    speed        file to code, songae and musly in turns on the same files, as Ogg and MP3

Low and high are the ends of 95 % intervals, from a bootstrap over songs. A singleton is a song whose label no other
song has. Everything random is drawn from seeds, and seconds include training: nothing is pretrained but musicnn.
"""
import argparse
import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from statistics import median

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')

import numpy as np
import pandas as pd
import soundfile as sf
from tqdm.auto import tqdm

from songae.audio import duration, excerpts, load
from songae.basics import one_core_each
from songae.encoders import Encoder, LDAEncoder, MissingExtra, PatchEncoder, encoded_distances, patch_profile
from songae.features import BAND_LEVELS, BAND_SPREAD, N_FEATURES, patch_features
from songae.files import AudioError, find_songs
from songae.lda import Profile, fit_lda, gather, make_profile, normalize
from songae.leaderboard import (METHODS, N_FOLDS, PAPER, as_distances, encoder_distances, leaderboard,
                                mfcc_statistics, read_labels, robustness, tag_labels)
from songae.melspec import EXCERPT_SAMPLES, N_EXCERPTS, N_FRAMES, N_MELS, N_PATCHES, PATCH_RATE, Patches, patches
from songae.metrics import compare, scores, stability, summarize
from songae.musicnn import Musicnn
from songae.neighbors import LocallyScaled, local_scaling, pairwise_distances

SLOW = 'PCA', *PAPER                                       # for albums too
NO_ROBUSTNESS = *SLOW, 'musicnn', 'songae and musicnn'     # they would take hours


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


def bliss(paths):
    "bliss-audio: its numbers of a whole song; a song that it cannot read is put amid the others."
    import bliss_audio

    def numbers(path):
        try: return bliss_audio.Song(str(path)).analysis
        except BaseException: return None       # a panic of Rust is no Exception
    with ThreadPoolExecutor(os.cpu_count()) as pool: found = list(pool.map(numbers, paths))
    amid = np.mean([x for x in found if x is not None], 0)
    return np.array([amid if x is None else x for x in found], np.float64)


def has_bliss():
    try: import bliss_audio
    except ImportError: return False
    return True


def has_musicnn():
    try: Musicnn().check()
    except MissingExtra: return False
    return True


@cache
def musicnn_features(path): return Musicnn().features(path)


class KeptMusicnn(Musicnn):
    "musicnn with features that are computed once for all rows."
    def features(self, path, *, remarks=None): return musicnn_features(path)


def musicnn(paths):
    "The mean of what the network finds in patches, nothing learned from these songs."
    with one_core_each(): x = np.array([musicnn_features(p).mean(0) for p in paths])
    return pairwise_distances(normalize((x - x.mean(0))/(x.std(0) + 1e-9)))


class Both(LDAEncoder):
    "One LDA of the features of both."
    name, version, n_features = 'songae and musicnn', 'both', N_FEATURES + Musicnn.n_features

    def encode_song(self, path): return self.encode_means(self.profile(path).mean)

    def profile(self, path, *, remarks=None):
        a, b = PatchEncoder().profile(path), KeptMusicnn().profile(path)
        rows, (n, m) = len(a.deviations) + len(b.deviations), (len(a.deviations), len(b.deviations))
        both = np.zeros((rows, self.n_features), np.float16)
        both[:n, :N_FEATURES], both[n:, N_FEATURES:] = a.deviations*(rows/n)**.5, b.deviations*(rows/m)**.5
        return Profile(np.concatenate([a.mean, b.mean]), both)


class Unaltered(PatchEncoder):
    "songae without the changes that should not count."
    def profile(self, path, *, remarks=None): return make_profile(self.features(path))


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
        self.patches = [p for p in x if p is not None]
        self.x = np.stack([p.mel for p in self.patches])
        self.paths = [path for path, p in zip(paths, x) if p is not None]
        label_of, at = dict(zip(paths, labels)), {p: i for i, p in enumerate(self.paths)}
        self.labels = np.array([label_of[p] for p in self.paths], object)
        self.pairs = [(at[a], at[b]) for a, b in pairs if a in at and b in at]
        self.features = [patch_features(p).astype(np.float16) for p in self.patches]
        self.profiles = [patch_profile(p) for p in self.patches]

    def of_mel(self, f):
        "What `f` makes of each song's patches by mel band, (songs, numbers)."
        return np.stack([f(x) for x in self.x])

    def lda_codes(self, features):
        "Codes of the songs by an LDA of these features, a list of (patches, numbers)."
        means, scatter = gather(make_profile(np.asarray(h, np.float32)) for h in features)
        return fit_lda(means, scatter).encode(means)

    def learned(self, songs=None, more=()):
        "The default encoder, learned from some of these songs, all unless given, and from profiles of others."
        own = self.profiles if songs is None else [self.profiles[i] for i in songs]
        return PatchEncoder().learn(*gather([*own, *more]))

    def codes(self, encoder):
        "Codes of all songs."
        return encoder.encode_means(np.stack([p.mean for p in self.profiles]))

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

def all_methods(args):
    "By name, as far as their packages are installed."
    methods = {name: METHODS[name] for name in ('MFCC', 'PCA', 'untrained')}
    if has_musly(): methods |= {f'musly {m}': musly(m) for m in ('mandelellis', 'timbre')}
    else: print('pymusly is not installed, so musly is missing from the tables')
    if has_bliss(): methods['bliss'] = bliss
    else: print('bliss-audio is not installed, so bliss is missing from the tables')
    methods |= {f"the paper's {m}": PAPER[f"the paper's {m}"] for m in args.paper.split(',') if m}
    methods |= {'songae, nothing altered': Unaltered(), 'songae': METHODS['songae']}
    if has_musicnn(): methods |= {'musicnn': musicnn, 'musicnn, LDA': KeptMusicnn(), 'songae and musicnn': Both()}
    else: print('musicnn is not installed, so it is missing from the tables')
    unknown = set(args.methods or ()) - set(methods)
    if unknown: raise SystemExit(f'no such method: {", ".join(unknown)}; there are {", ".join(methods)}')
    return {name: methods[name] for name in args.methods or methods}


def board(lib, args):
    methods = all_methods(args)
    df = with_misses(leaderboard(methods, lib.paths, lib.labels))
    for error in df.error[df.error != '']: print(error)
    df = df.drop(columns=['queries', 'singletons', 'chance', 'error'])
    print(in_full(df), flush=True)      # robustness takes longer
    return add_robustness(df, methods, lib.paths[::args.every]) if args.every else df


def add_robustness(df, methods, paths):
    for name in methods:
        if name in NO_ROBUSTNESS: continue
        found = robustness(only_encoding(methods[name]), paths, progress=False).found
        df.loc[name, [f'{alteration}, of {len(paths)}' for alteration in found.index]] = found.values
    return df


def albums(lib, args):
    "Who asks, and whom of what it asks for no filter takes out: the same artist elsewhere, the same album otherwise."
    ways = {'artist, another album': (lib.labels, lib.albums), 'album, another artist': (lib.albums, lib.labels)}
    rows = {}
    for name, method in tqdm(all_methods(args).items(), 'albums', unit='method'):
        if name in SLOW: continue
        if callable(method): d = as_distances(method(lib.paths), len(lib.paths))
        else: d = encoded_distances(method, method.fit_encode(lib.paths, progress=False))
        rows[name] = {(way, column): value for way, (asked, left_out) in ways.items()
                      for column, value in summarize(d, asked, leave_out=[list(left_out)]).items()}
    df = pd.DataFrame(rows).T
    return df[[(way, c) for way in ways for c in ('P@1', 'P@1 low', 'P@1 high', 'MAP', 'chance', 'queries')]]


def new(lib, args):
    "Stored songs and new ones among the same candidates: five folds, dealt five times; the mean of each query's scores."
    stored = local_scaling(pairwise_distances(lib.codes(lib.learned())))
    a, b = (pd.concat(some).groupby(level=0).mean() for some in zip(*[both_scores(lib, stored, s) for s in range(5)]))
    rows = {'stored': a.mean(), 'new': b.mean(), **compare(b, a).drop(columns='p').T.to_dict('index')}
    return pd.DataFrame(rows).T[['P@1', 'AP']].rename(columns={'AP': 'MAP'})


def both_scores(lib, stored, seed):
    fold, asked = np.random.default_rng(seed).permutation(len(lib.labels)) % N_FOLDS, np.zeros_like(stored)
    for f in range(N_FOLDS):
        old, query = np.flatnonzero(fold != f), np.flatnonzero(fold == f)
        codes = lib.codes(lib.learned(old))
        index = LocallyScaled().fit(codes[old])
        for i in query:
            d, at = index.kneighbors(codes[i], len(old))
            asked[i, old[at]] = d
    return [scores(d, lib.labels, leave_out=[list(fold)]) for d in (stored, asked)]


def transfer(lib, args):
    "Learned from another collection, with none, a tenth, half and all of the songs that are asked for."
    if not args.other: raise SystemExit('the part transfer needs --other, a folder of other songs')
    others = [patch_profile(p) for p in decoded(find_songs(args.other)) if p is not None]
    order, rows = np.random.default_rng(0).permutation(len(lib.features)), {}
    for share in 0, .1, .5, 1:
        own = order[:round(share*len(order))]
        d, seconds = timed(lambda: local_scaling(pairwise_distances(lib.codes(lib.learned(own, others)))))
        rows[f'{len(others)} others and {share:.0%} of one\'s own'] = lib.row(d, seconds)
    rows['one\'s own alone'] = lib.row(local_scaling(pairwise_distances(lib.codes(lib.learned()))), np.nan)
    return pd.DataFrame(rows).T


def ingredients(lib, args):
    rows = {}

    def put(name, f):
        d, seconds = timed(f)
        rows[name] = lib.row(d, seconds)
        print(name, {k: round(v, 3) if isinstance(v, float) else v for k, v in rows[name].items()}, flush=True)

    def part(*stretches): return [np.concatenate([h[:, a:b] for a, b in stretches], 1) for h in lib.features]

    def learned(features): return pairwise_distances(lib.lda_codes(features))

    bands, patterns, harmony = (0, 756), (756, 2412), (2412, 3420)
    put('MFCC', lambda: pairwise_distances(mfcc_statistics(lib.paths)))
    put('all features, nothing learned', lambda: standardized(np.stack([h.mean(0, dtype=np.float32) for h in lib.features])))
    put('bands, LDA', lambda: learned(part(bands)))
    put('harmony, LDA', lambda: learned(part(harmony)))
    put('bands + patterns, LDA', lambda: learned(part(bands, patterns)))
    put('bands + harmony, LDA', lambda: learned(part(bands, harmony)))
    put('bands + patterns + harmony, LDA', lambda: learned(lib.features))
    put('the same, locally scaled', lambda: local_scaling(learned(lib.features)))
    put('with altered patches: songae', lambda: local_scaling(pairwise_distances(lib.codes(lib.learned()))))
    put('bands + patterns, locally scaled', lambda: local_scaling(learned(part(bands, patterns))))
    put("locally scaled, by the songs' own average spectrum", lambda: local_scaling(learned(own_spectrum(lib))))
    from songae.contrast import random_kernels, to_features
    put('bands + random convolutions, locally scaled', lambda: local_scaling(learned(map(random_kernels(), lib.x))))
    for shape in 'simple', 'sparse', 'deep', 'conv':        # the last takes more than fifty times as long
        epochs = 1 if args.quick else 2 if shape == 'conv' else 20
        put(f'{shape} autoencoder of patches', lambda: autoencoder(lib, shape, epochs))
    ways = {'contrast': {}, 'contrast + reconstruction': dict(reconstruct=1.), 'contrast, EQ of 6 dB': dict(eq=6.),
            'contrast, no EQ': dict(eq=0.)}
    for name, settings in ways.items():
        model, seconds = timed(lambda: trained(lib, args, **settings))
        codes = lib.lda_codes(map(to_features(model), lib.x))
        put(f'{name}: head', lambda: pairwise_distances(head_codes(lib, model)))
        put(f'{name}: LDA', lambda: pairwise_distances(codes))
        put(f'{name}: LDA, locally scaled', lambda: local_scaling(pairwise_distances(codes)))
        for what in 'head', 'LDA', 'LDA, locally scaled': rows[f'{name}: {what}']['seconds'] += seconds
    return pd.DataFrame(rows).T


def own_spectrum(lib):
    "The features with the average and the spread of these songs' own bands in place of the constants."
    bands = lib.x[:, ::5].reshape(-1, N_MELS).astype(np.float32)
    mean, spread = bands.mean(0), bands.std(0)
    def rescaled(p): return Patches((p.mel.astype(np.float32) - mean)/spread*BAND_SPREAD + BAND_LEVELS, p.pitch)
    return (patch_features(rescaled(p)) for p in lib.patches)


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


def head_codes(lib, model):
    def code(x): return normalize(np.asarray(model(x.astype(np.float32)))).mean(0)
    return normalize(lib.of_mel(code))


def pairs(lib, args):
    songs = np.array(lib.pairs, int).ravel()
    if not len(songs): raise SystemExit('the part pairs needs --pairs, with songs of the folder')
    paths, couples = [lib.paths[i] for i in songs], np.arange(len(songs)).reshape(-1, 2)
    stored = local_scaling(pairwise_distances(lib.codes(lib.learned())))[np.ix_(songs, songs)]
    alone = local_scaling(pairwise_distances(lib.codes(lib.learned(np.sort(songs)))[songs]))
    answers = {'in a library of all songs': stored, 'in a library of the songs in pairs only': alone,
               'MFCC': pairwise_distances(mfcc_statistics(paths))}
    if has_musly(): answers['musly mandelellis'] = musly()(paths)
    if has_bliss(): answers['bliss'] = pairwise_distances(bliss(paths))
    about = dict(of=len(songs), chance=len(songs)/(len(songs) - 1))
    return pd.DataFrame({name: dict(found=pair_hits(d, couples)) | about for name, d in answers.items()}).T


def stable(lib, args):
    "Nothing is drawn at random, so what may change an answer is which songs are learned from."
    order = np.random.default_rng(0).permutation(len(lib.features))
    tenths = [np.setdiff1d(order, order[i::10]) for i in range(args.fits)]
    songae = [local_scaling(pairwise_distances(lib.codes(lib.learned(some)))) for some in tenths]
    from songae.contrast import random_kernels, to_features
    kernels = [local_scaling(pairwise_distances(lib.lda_codes(map(random_kernels(seed=s), lib.x)))) for s in range(args.fits)]
    contrast = [pairwise_distances(lib.lda_codes(map(to_features(trained(lib, args, seed)), lib.x))) for seed in range(2)]
    return pd.DataFrame({f'songae, {args.fits} times nine tenths of the songs': stability(songae),
                         f'random convolutions, {args.fits} seeds': stability(kernels),
                         'contrast, 2 seeds': stability(contrast)}).T


def speed(lib, args):
    "Median time of a song, of both in turns; the decoder's share is the least there can be."
    encoder = lib.learned(range(min(50, len(lib.features))))
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
    positions = np.linspace(0, 1, N_EXCERPTS)
    tasks = {'songae': encoder.encode_song,
             'decoding': lambda p: excerpts(p, positions, EXCERPT_SAMPLES, sr=PATCH_RATE)}
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


PARTS = dict(board=board, albums=albums, new=new, transfer=transfer, ingredients=ingredients, pairs=pairs, stability=stable, speed=speed)


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('folder', type=Path)
    p.add_argument('--labels', type=Path, help='a CSV; the tags of the files unless given')
    p.add_argument('--by', default='artist', help='the column, or tag, that says which songs belong together')
    p.add_argument('--pairs', type=Path, help='a CSV of songs that belong together in twos')
    p.add_argument('--parts', default='board,albums,new,ingredients,pairs,stability,speed')
    p.add_argument('--other', type=Path, help='a folder of other songs, for the part transfer')
    p.add_argument('--paper', default='simple,sparse,deep',
                   help="the paper's models on the board; conv takes most of an hour on 281 songs")
    p.add_argument('--methods', nargs='+', help='names of the methods on the board and of albums; all unless given')
    p.add_argument('--fits', type=int, default=5, help='how many are compared for stability')
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


def albums_of(table, paths):
    "The album of each song, by the table or the tags; where there is no such column, its folder."
    named = table.album if 'album' in table else pd.Series([str(Path(p).parent) for p in table.index], table.index)
    return np.array([named[str(p)] for p in paths], object)


def main():
    args = arguments()
    if args.labels: table = read_labels(args.folder, args.labels, args.by)
    else: table = tag_labels(find_songs(args.folder), args.by)
    lib = Songs([Path(p) for p in table.index], list(table.label), read_pairs(args))
    lib.albums = albums_of(table, lib.paths)
    print(f'{len(lib.paths)} songs, {N_PATCHES} patches of each decoded in {lib.seconds:.0f} s')
    for part in args.parts.split(','):
        df, seconds = timed(lambda: PARTS[part](lib, args))
        print(f'\n{part} ({seconds:.0f} s)\n{in_full(df)}\n', flush=True)
        if args.out:
            args.out.mkdir(exist_ok=True)
            df.round(4).to_csv(args.out/f'{part}.csv')


if __name__ == '__main__': main()
