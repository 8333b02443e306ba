"""Every SDK function and qq command of the areas that the emulator covers, found by introspection, so that none is forgotten."""

import importlib
from typing import Dict, List

import qumulo.commands.all_commands  # noqa: F401  (registers every qq command)
import qumulo.lib.opts
from qumulo.rest.access_tokens import AccessTokens
from qumulo.rest.multitenancy import Multitenancy
from qumulo.rest.snapshot_diff import SnapshotDiff
from qumulo.rest.web_ui import WebUi

#: Modules under qumulo.rest whose every request function is in scope (api/SDK-CALLS.md).
SDK_MODULES = (
    'audit',
    'auth',
    'cluster',
    'fs',
    'ftp',
    'groups',
    'multitenancy_nfs',
    'multitenancy_smb',
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
SDK_CLASSES = {
    'access_tokens': AccessTokens,
    'multitenancy': Multitenancy,
    'snapshot_diff': SnapshotDiff,
    'web_ui': WebUi,
}
#: `client` is RestClient itself.
SDK_SINGLE = (
    'client.login',
    'client.request',
    'dns.resolve_ips_to_names',
    's3.get_settings',
    's3.modify_settings',
    'support.get_config',
    'support.set_config',
    'ldap.settings_get_v2',
    'ldap.settings_set_v2',
    'ldap.settings_update_v2',
    'network.get_interface',
    'network.modify_interface',
    'network.get_network',
)

#: Modules under qumulo.commands whose every command is in scope.
QQ_MODULES = (
    'access_tokens',
    'audit',
    'auth',
    'cluster',
    'fs',
    'ftp',
    'key_store',
    'login',
    'multitenancy',
    'multitenancy_nfs',
    'multitenancy_smb',
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
    'web_ui',
)
#: Commands of modules that are otherwise out of scope.
QQ_SINGLE = ('s3_get_settings', 's3_modify_settings')


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
        if cls.__module__.startswith('qumulo.commands.') and (module in QQ_MODULES or cls.NAME in QQ_SINGLE):
            found[cls.NAME] = module
    return dict(sorted(found.items()))
