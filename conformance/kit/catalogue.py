"""Every SDK function and qq command of the areas that the emulator covers, found by introspection, so that none is forgotten."""

import importlib
from typing import Dict, List

import qumulo.commands.all_commands  # noqa: F401  (registers every qq command)
import qumulo.lib.opts
from qumulo.rest.access_tokens import AccessTokens
from qumulo.rest.snapshot_diff import SnapshotDiff

#: Modules under qumulo.rest whose every request function is in scope (api/SDK-CALLS.md).
SDK_MODULES = (
    'auth',
    'cluster',
    'fs',
    'groups',
    'nfs',
    'node_state',
    'quota',
    'roles',
    'smb',
    'snapshot',
    'time_config',
    'tree_delete',
    'users',
    'version',
)
SDK_CLASSES = {'access_tokens': AccessTokens, 'snapshot_diff': SnapshotDiff}
#: `client` is RestClient itself.
SDK_SINGLE = ('client.login', 'client.request', 'dns.resolve_ips_to_names')

#: Modules under qumulo.commands whose every command is in scope.
QQ_MODULES = (
    'access_tokens',
    'auth',
    'cluster',
    'fs',
    'key_store',
    'login',
    'nfs',
    'node_state',
    'quota',
    'raw',
    'roles',
    'smb',
    'snapshot',
    'time_config',
    'tree_delete',
    'version',
)


def sdk_functions() -> List[str]:
    names = list(SDK_SINGLE)
    for module_name in SDK_MODULES:
        module = importlib.import_module(f'qumulo.rest.{module_name}')
        names += [
            f'{module_name}.{name}'
            for name, value in vars(module).items()
            if getattr(value, 'request', False) is True and value.__module__ == module.__name__
        ]
    for module_name, cls in SDK_CLASSES.items():
        names += [f'{module_name}.{name}' for name in vars(cls) if not name.startswith('_')]
    return sorted(names)


def qq_commands() -> Dict[str, str]:
    """Command -> its module."""
    found = {}
    for cls in qumulo.lib.opts.get_subcommand_classes():
        module = cls.__module__.rsplit('.', 1)[-1]
        if cls.__module__.startswith('qumulo.commands.') and module in QQ_MODULES:
            found[cls.NAME] = module
    return dict(sorted(found.items()))
