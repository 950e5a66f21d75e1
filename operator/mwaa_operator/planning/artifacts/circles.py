"""Sources that hold what is made of them: code that would be fetched from where it is put, and put again, for ever."""

from mwaa_operator.api.artifacts import S3File, S3FileOrFolder, S3Folder
from mwaa_operator.api.conditions import Reason
from mwaa_operator.planning.artifacts.model import SourceProblemError
from mwaa_operator.planning.artifacts.places import versioned_sources
from mwaa_operator.planning.artifacts.wish import Wish


def prefix_of(source: S3Folder | S3File | S3FileOrFolder) -> str:
    """What the keys below a source's folder begin with, with a slash at its end; nothing where the folder is the whole bucket."""
    prefix = (getattr(source, "prefix", None) or "").lstrip("/")
    return f"{prefix}/" if prefix and not prefix.endswith("/") else prefix


def check_no_circle(wish: Wish) -> None:
    """Raise SourceProblemError for a folder of the environment's own bucket in which this object puts code."""
    dags = wish.artifacts.dags or ()
    places = [*([wish.folder] if dags else []), *wish.keys.values()]
    for source in (*dags, *versioned_sources(wish.artifacts).values()):
        folder = source.s3
        if folder is None or folder.bucket != wish.bucket or getattr(folder, "key", None) is not None:
            continue
        prefix = prefix_of(folder)
        inside = next((place for place in places if place.startswith(prefix)), None)
        if inside is not None:
            message = (
                f"s3://{folder.bucket}/{prefix} holds {inside or 'the DAG folder'}, where this object puts code: it would be fetched and "
                "put again for ever. Name a folder beside it, or another bucket."
            )
            raise SourceProblemError(Reason.SOURCE_INVALID, message, lasting=True)
