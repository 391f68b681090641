"""Source distributions of pinned projects: fetched by pip's own client, so that the user's index and
proxies are used; unpacked, never built. Nothing of them is kept in this repository."""

import sys
import tarfile
import zipfile


def fetch(folder, wanted):
    """Puts the source distribution of each "name==version" into the folder, unless it is there."""
    # pip download would build what it fetches, to learn its metadata.
    from pip._internal.commands.download import DownloadCommand

    command = DownloadCommand("download", "")
    options, _ = command.parse_args(["--no-deps", "--no-binary=:all:", "-q", "none"])
    folder.mkdir(parents=True, exist_ok=True)
    for pin in wanted:
        name, _, version = pin.partition("==")
        if archive_of(folder, pin):
            continue
        with command.main_context():
            session = command._build_session(options)
            finder = command._build_package_finder(options=options, session=session)
            links = [
                found.link
                for found in finder.find_all_candidates(name)
                if not found.link.is_wheel and str(found.version) == version
            ]
            if not links:
                print(f"no source distribution of {pin}", file=sys.stderr)
                continue
            answer = session.get(links[0].url.split("#")[0])
            answer.raise_for_status()
            suffix = ".zip" if links[0].filename.endswith(".zip") else ".tar.gz"
            (folder / (pin + suffix)).write_bytes(answer.content)


def archive_of(folder, pin):
    """The file that was fetched, or nothing."""
    return next((path for path in folder.glob(pin + ".*") if path.is_file()), None)


def unpack(folder, pin, target):
    """Unpacks into the empty folder `target`; the one folder in it, or nothing."""
    archive = archive_of(folder, pin)
    if archive is None:
        return None
    target.mkdir(parents=True)
    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(target)
    else:
        with tarfile.open(archive) as opened:
            opened.extractall(target, filter="data")
    return next(target.iterdir(), None)
