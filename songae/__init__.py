"Finds songs that sound alike."
__version__ = "0.1.0"

__all__ = ["SongMatcher"]


def __getattr__(name):
    "Import `SongMatcher`, with all its methods, when it is first asked for, so that `import songae` costs nothing."
    if name != "SongMatcher":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import plots, storage
    return storage.SongMatcher
