"""A collection of real, freely licensed songs: music of games that Debian packages, with who made it.

    python benchmarks/songs.py FOLDER       # about 130 songs; needs apt-get, but not root: 2.4 GB are downloaded, 0.4 GB are kept

FOLDER/labels.csv then has the columns path and artist, empty where it is not known. They were looked at when
the features of patches were chosen, so what they score says nothing about songs that nobody has chosen on.
"""
import argparse
import csv
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from songae.audio import duration
from songae.files import AudioError

SONGS = {       # by package: the beginnings of the names of its songs, and the artist, or the game where all are by the same people
    'asc-music': {'': 'Advanced Strategic Command'}, 'berusky2-data': {'': 'Martin Linda'},
    'caveexpress-data': {'music': 'Cave Express'}, 'csmash-demosong': {'': 'Hideaki Tanabe'},
    'cube2-data': {'stone_fortress': ''}, 'freeciv-data': {'Cullam': 'Cullam Bruce-Lockhart'},
    'freecol': {'intro': 'Ivica Ico Bukvic', 'musicbox': 'Stian Grenborgen', 'fearless': 'FreeCol', 'founders': 'FreeCol',
                'settlers': 'FreeCol', 'sunrise': 'FreeCol', 'tailwind': 'FreeCol'},
    'freedink-data': {'1.ogg': '', '106': '', '5.ogg': '', 'denube': '', 'lovin': ''},
    'frozen-bubble-data': {'frozen-mainzik': 'Frozen Bubble', 'introzik': 'Frozen Bubble'},
    'gigalomania-data': {'gamemusic': '_ghost', 'mainscreen': ''}, 'glob2-data': {'a': 'Globulation 2'},
    'hex-a-hop-data': {'music': 'remaxim'}, 'krank': {'atmo': 'Legoluft'},
    'lincity-ng-data': {'01': 'pronobozo', '02': 'Robert van Herk', '03': 'Robert van Herk'},
    'lordsawar-data': {'back1': 'Max Von Juntz', 'defeat': 'Max Von Juntz', 'victory': 'Max Von Juntz',
                       'battle': 'Kevin MacLeod', 'intro': ''},
    'lugaru-data': {'Music': 'Lugaru'}, 'mazeofgalious-data': {'': 'The Maze of Galious'},
    'megaglest-data': {'menu_music': '', 'asak': '', 'music_': '', 'manolo': '', 'aminos': '', 'romans': 'Eliminator'},
    'pathological': {'': 'Pathological'}, 'pinball-table-gnu-data': {'music': 'Subvulture'},
    'pink-pony-data': {'To be happy': 'Renich'}, 'plee-the-bear-data': {'boss': 'Plee the Bear', 'castle': 'Plee the Bear',
                                                                       'forest': 'Plee the Bear', 'quick': 'Plee the Bear'},
    'powermanga-data': {'music': 'Powermanga'}, 'raincat-data': {'': ''},
    'redeclipse-data': {'track_': 'Red Eclipse', 'tonatiuh': 'YD', 'original': '', 'theme': ''},
    'scorched3d-data': {'mix3': 'Scorched 3D'}, 'seahorse-adventures': {'': 'Seahorse Adventures'}, 'torcs-data': {'': 'Bernhard Wymann'},
    'wordwarvi-sound': {'dtox': 'Stephen M. Cameron', 'lucky': 'Stephen M. Cameron', 'destiny': ''},
    'xmoto-data': {'Madeira': 'Jens Erler', 'legolodio': 'Jens Erler', 'menu': 'Jens Erler', 'ridealong': 'Jens Erler',
                   'batcave': '', 'foxrun': 'Cubulo', 'speeditup': ''},
    'zaz-data': {'mus': 'paniq'},
}
SHORTEST = 40       # seconds


def download(package, folder):
    "The package's file."
    run = subprocess.run(['apt-get', '-q', '-o', 'APT::Sandbox::User=root', 'download', package], cwd=folder, capture_output=True, text=True)
    found = list(Path(folder).glob('*.deb'))
    if not found: raise RuntimeError(f'{package}: {run.stderr.strip()[-200:] or "not found"}; apt-get update may help')
    return found[0]


def artist_of(name, known):
    "Who made the song of this file name; None if it is none."
    if Path(name).suffix.lower() not in ('.ogg', '.mp3', '.flac', '.opus'): return None
    return next((artist for start, artist in known.items() if name.startswith(start)), None)


def fetch(package, known, top):
    "Put a package's songs into `top`/package, and return (path, artist) of each."
    rows, seen = [], set()
    with tempfile.TemporaryDirectory() as folder:
        deb = download(package, folder)
        with subprocess.Popen(['dpkg-deb', '--fsys-tarfile', deb], stdout=subprocess.PIPE) as p, tarfile.open(fileobj=p.stdout, mode='r|') as tar:
            for member in tar:
                inside = Path(member.name)
                artist = artist_of(inside.name, known) if member.isfile() else None
                if artist is None: continue
                data = tar.extractfile(member).read()
                if data in seen: continue
                path = top/package/inside.name
                if path.exists(): path = top/package/f'{inside.parent.name} {inside.name}'
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
                if is_song(path): rows.append((path.relative_to(top).as_posix(), artist)); seen.add(data)
                else: path.unlink()
    return rows


def is_song(path):
    try: return duration(path) >= SHORTEST
    except AudioError: return False


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('folder', type=Path)
    top, rows, missing = p.parse_args().folder.expanduser(), [], 0
    for package, known in SONGS.items():
        try: some = fetch(package, known, top)
        except (RuntimeError, OSError) as e:
            print(e, file=sys.stderr)
            missing += 1
            continue
        print(f'{package}: {len(some)} songs', flush=True)
        rows += some
    with open(top/'labels.csv', 'w', encoding='utf-8', newline='') as f: csv.writer(f).writerows([('path', 'artist'), *rows])
    print(f'{len(rows)} songs, {sum(bool(artist) for _, artist in rows)} with an artist')
    if missing: raise SystemExit(f'{missing} packages were not found')


if __name__ == '__main__': main()
