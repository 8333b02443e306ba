"""qq fs_notify: as a process with an open stdin, ended by closing it."""

import json

import pytest

from kit.fs import make_file
from kit.recorder import RECORDER

qq_commands = pytest.mark.qq
#: With -v qq prints the stream's comments, ": watching" among them; before that, changes may be missed.
VERBOSE = ['-v']


def until(running, wanted):
    """Lines of the table until each wanted (type, path) was there."""
    missing, lines = set(wanted), []
    while missing:
        line = running.line()
        assert line, f'ended early; missing {missing}, seen {lines}'
        lines.append(line)
        missing.discard((line[:23].strip(), line[24:53].strip().rstrip('/')))
    return lines


@pytest.mark.parametrize('script', [True, False])
@qq_commands('fs_notify')
def test_a_burst_in_the_table(qq, admin, scratch, script):
    running = qq.start('fs_notify', '--path', scratch.path, before=VERBOSE, script=script)
    running.wait_for_stderr('watching')
    for n in range(10):
        admin.fs.create_file(f'file {n}', dir_path=scratch.path)
    lines = until(running, [('child_file_added', f'file {n}') for n in range(10)])
    assert lines[0].split() == ['Type', 'Path', 'Stream', 'Name']
    done = running.finish()
    assert done.code == 0, repr(done)
    RECORDER.answer('qq', 'fs_notify')


@qq_commands('fs_notify')
def test_recursive_filtered_json(qq, admin, scratch):
    admin.fs.create_directory('d', dir_path=scratch.path)
    running = qq.start(
        'fs_notify',
        '--id',
        scratch.id,
        '--recursive',
        '--filter',
        'child_file_removed',
        'child_file_moved_to',
        '--json',
        before=VERBOSE,
    )
    running.wait_for_stderr('watching')
    make_file(admin, scratch / 'd/a')
    admin.fs.rename('b', scratch / 'd/a', dir_path=scratch / 'd')
    admin.fs.delete(path=scratch / 'd/b')
    seen = ''
    while 'child_file_removed' not in seen:
        line = running.line()
        assert line, seen
        seen += line
    done = running.finish()
    assert done.code == 0, repr(done)
    events = [event for batch in json.loads(seen + done.out) for event in batch]
    assert [(event['type'], event['path']) for event in events] == [
        ('child_file_moved_to', 'd/b'),
        ('child_file_removed', 'd/b'),
    ]
    RECORDER.answer('qq', 'fs_notify')


def test_refused(qq, nobody, admin, scratch):
    qq.refused('fs_notify', '--path', scratch / 'nothing', status=404)
    assert qq.run('fs_notify', '--path', scratch.path, '--filter', 'child_flew_away').code == 2
    admin.fs.set_file_attr(mode='0755', path=scratch.path)
    nobody.qq.refused('fs_notify', '--path', scratch.path, '--recursive', status=403)
