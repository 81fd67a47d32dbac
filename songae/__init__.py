"Finds songs that sound alike."
__version__ = "0.1.0"

__all__ = ["Library", "SongMatcher"]


def __getattr__(name):
    "Import `SongMatcher`, with all its methods, and `Library` when first asked for, so that `import songae` costs nothing."
    if name == "SongMatcher":
        from . import explain, history, playlists, plots, query, storage, versions
        return storage.SongMatcher
    if name == "Library":
        from . import query
        from .library import Library
        return Library
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
