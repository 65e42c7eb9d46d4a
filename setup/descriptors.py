"""Writes the zetasql wheel's protobuf descriptors as one FileDescriptorSet, which the analyzer loads at run time.

Usage: descriptors.py FOLDER_WITH_PACKAGES OUTPUT_FILE
"""

import importlib
import pathlib
import sys
import types

packages = pathlib.Path(sys.argv[1])
sys.path.insert(0, str(packages))

from google.protobuf import descriptor_pb2  # noqa: E402  (found only on the path set above)

wasi = packages / "zetasql" / "wasi"
# The wheel's own __init__ files import wasmtime and grpc, which are not installed: only the generated modules are wanted.
for name, folder in (("zetasql", wasi.parent), ("zetasql.wasi", wasi)):
    module = types.ModuleType(name)
    module.__path__ = [str(folder)]
    sys.modules[name] = module

files = descriptor_pb2.FileDescriptorSet()
seen = set()


def add(descriptor):
    """Appends a file after the files it imports, as a FileDescriptorSet must be ordered."""
    if descriptor.name in seen:
        return
    seen.add(descriptor.name)
    for dependency in descriptor.dependencies:
        add(dependency)
    descriptor.CopyToProto(files.file.add())


protos = wasi / "_pb2"
for path in sorted(protos.rglob("*_pb2.py")):
    dotted = ".".join(path.relative_to(protos).with_suffix("").parts)
    add(importlib.import_module(f"zetasql.wasi._pb2.{dotted}").DESCRIPTOR)

if not seen:
    sys.exit(f"no protobuf modules under {protos}")
pathlib.Path(sys.argv[2]).write_bytes(files.SerializeToString(deterministic=True))
