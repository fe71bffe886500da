#!/usr/bin/env python3
"""Breaks runs in every way that a machine can, and looks at what is left.

    VENV/bin/python tests/independent/faults.py --program PATH [--kills 120] [--seed 1] [--only PART...]

Makes a small simulated month, builds it (revision 1), and lets further samples arrive, so that the next
run makes revision 2. After each fault, `OUT/<province>-<month>` must be the complete old or the complete
new bundle, byte for byte, `.revisions/` must hold complete revisions only, and the next run must succeed
as if nothing had happened, leave nothing else, and make the same bytes. Parts:

- `kills`   SIGKILL at random moments, half of them while the bundle is published; by turns nothing, an
            old bundle and leftovers of the kill before stand there
- `points`  SIGKILL at named points: on entry to every kind of system call by which a bundle is published,
            the first, a middle and the last of each (strace, one thread)
- `errors`  the same calls fail with EIO or ENOSPC
- `full`    the output lies on a tmpfs that is too small for less and less of the bundle; and the folder
            of temporary files does
- `locked`  a read-only file system; two runs at once
- `moving`  a file of samples is replaced while it is read

`points` and `errors` need strace, `full` and `locked` the right to mount (both say so when they are left
out). Prints what was seen, last `N passed, N failed`; exits with 1 when anything failed.
"""

import argparse
import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from report import Report

NAME = "66-2025-10"
PARTS = ["kills", "points", "errors", "full", "locked", "moving"]
# By these a bundle is made and takes its place.
CALLS = ["mkdir", "link", "linkat", "fsync", "rename", "renameat2", "unlinkat", "rmdir"]
CONFIG = """\
[province]
code = "66"

[samples]
paths = ["samples"]

[report]
documents = ["leader"]
"""


def tree(folder):
    """Every file below a folder with its hash."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


class Case:
    """A folder with configuration, samples and output, in which the program runs."""

    def __init__(self, program, work):
        self.program, self.work = program.resolve(), work
        self.out = work / "out"
        (work / "ispeed-report.toml").write_text(CONFIG)
        self.samples = work / "samples"
        self.samples.mkdir()

    def arguments(self, out=None, more=()):
        out = out or self.out
        return [str(self.program), "run", "--config", "ispeed-report.toml", "--month", "2025-10", "--out", str(out),
            "--log", "json", *more]

    def run(self, out=None, more=(), before=(), **kept):
        environment = {**os.environ, **kept}
        return subprocess.run(
            [*before, *self.arguments(out, more)], cwd=self.work, capture_output=True, text=True, env=environment)

    def begin(self, more=()):
        """Starts a run in a process group of its own."""
        return subprocess.Popen(
            self.arguments(None, more), cwd=self.work, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            start_new_session=True)

    def deliver(self, rows):
        """Exactly these rows in the folder of samples, at the same moment for every reader."""
        new = self.work / "new.parquet"
        pq.write_table(rows, new)
        new.replace(self.samples / "a.parquet")


class Faults:
    def __init__(self, given, work):
        self.report, self.chance = Report(), random.Random(given.seed)
        self.given, self.case = given, Case(given.program, work)
        self.saved = work / "saved"
        self.prepare(work)

    def prepare(self, work):
        """Samples, and what undisturbed runs make of them."""
        subprocess.run([self.case.program, "demo", "--samples", "400", "--out", work / "made"], check=True,
            capture_output=True)
        parts = [pq.read_table(p) for p in sorted((work / "made/demo/samples").glob("*.parquet"))]
        whole = pa.concat_tables(parts, promote_options="default")
        self.early, self.late = whole.slice(0, 300), whole
        case = self.case
        case.deliver(self.early)
        self.checked(case.run())
        self.old = tree(case.out / NAME)
        shutil.copytree(case.out, self.saved)
        case.deliver(self.late)
        begin = time.monotonic()
        self.checked(case.run())
        self.seconds = time.monotonic() - begin
        self.new = tree(case.out / NAME)
        shutil.rmtree(case.out)
        self.checked(case.run())
        self.first = tree(case.out / NAME)
        size = sum(p.stat().st_size for p in (case.out / NAME).rglob("*") if p.is_file())
        print(f"a run takes {self.seconds:.1f} s, its bundle has {len(self.new)} files and {size >> 10} KiB")
        self.size = size

    def checked(self, run):
        if run.returncode != 0:
            raise SystemExit(f"a run without faults ended with {run.returncode}: {run.stderr}")

    def reset(self, with_old=True):
        shutil.rmtree(self.case.out, ignore_errors=True)
        if with_old:
            shutil.copytree(self.saved, self.case.out)

    def state(self, out=None):
        """Which bundle stands there: nothing, old, new, first, or broken."""
        folder = (out or self.case.out) / NAME
        if not folder.exists():
            return "nothing"
        found = tree(folder)
        known = [("old", self.old), ("new", self.new), ("first", self.first)]
        return next((name for name, files in known if files == found), "broken")

    def left_over(self, out=None):
        """What a run that is over must not leave."""
        out = out or self.case.out
        if not out.exists():
            return []
        expected = {NAME, f"{NAME}.run.json", ".lock", ".revisions"}
        others = [p.name for p in out.iterdir() if p.name not in expected]
        kept = out / ".revisions"
        return others + [p.name for p in (kept.iterdir() if kept.exists() else []) if p.name != f"{NAME}.1"]

    def revisions_whole(self, out=None):
        kept = (out or self.case.out) / ".revisions" / f"{NAME}.1"
        return not kept.exists() or tree(kept) == self.old

    def after(self, what, before, out=None):
        """Looks at what a fault left; what stood there before must stand, or the new one."""
        found = self.state(out)
        allowed = {"nothing": {"nothing", "first"}, "old": {"old", "new"}, "new": {"new"}, "first": {"first"}}
        wrong = [] if found in allowed[before] else [f"{before} stood there, now {found}"]
        if not self.revisions_whole(out):
            wrong.append("a revision is not whole")
        self.report.check(what, wrong)
        return found

    def recover(self, what, out=None):
        """The next run succeeds and leaves what an undisturbed one leaves."""
        begun = self.state(out)
        run = self.case.run(out)
        expected = "first" if begun in ("nothing", "first") else "new"
        wrong = [] if run.returncode == 0 else [f"exit code {run.returncode}: {run.stderr[-400:]}"]
        if self.state(out) != expected:
            wrong.append(f"{self.state(out)} stands there, expected {expected}")
        wrong += [f"left over: {name}" for name in self.left_over(out)]
        self.report.check(f"{what}: the next run", wrong)

    # Kills ---------------------------------------------------------------------------------------

    def kills(self):
        seen, leftovers = Counter(), 0
        self.reset()
        self.tail_seconds = self.tail()
        self.reset()
        for number in range(self.given.kills):
            if number % 3 == 0 or self.state() in ("new", "first"):
                self.reset(with_old=number % 2 == 0)
            before = self.state()
            self.kill(late=number % 2 == 1)
            leftovers += any(p.name.startswith(".staging") for p in self.case.out.glob(".*"))
            seen[before, self.after(f"kill {number + 1}", before)] += 1
            if number % 10 == 9:
                self.recover(f"kill {number + 1}")
        self.recover("after all kills")
        print(f"kills: {self.given.kills}, {leftovers} with a bundle in the making left over")
        for (before, found), count in sorted(seen.items()):
            print(f"  {before:>8} stood there, then {found:<8} {count:4}")

    def kill(self, late):
        """Kills a run at a random moment, a late one while it writes documents or publishes."""
        run = self.case.begin()
        if late:
            for line in run.stderr:
                if '"stage":"charts"' in line:
                    break
            time.sleep(self.chance.uniform(0, self.tail_seconds))
        else:
            time.sleep(self.chance.uniform(0, self.seconds))
        try:
            os.killpg(run.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        run.stderr.close()
        run.wait()

    def tail(self):
        """How long a run goes on after its charts."""
        run, begin = self.case.begin(), time.monotonic()
        for line in run.stderr:
            if '"stage":"charts"' in line:
                begin = time.monotonic()
        self.report.equal("the run that is measured", run.wait(), 0)
        return time.monotonic() - begin

    # Named points --------------------------------------------------------------------------------

    def traced(self, before):
        """The calls of the publishing step by thread: name, number of it in its thread, what it is about."""
        self.reset()
        log = self.case.work / "trace"
        run = self.case.run(more=["--threads", "1"],
            before=["strace", "-f", "-y", "-o", str(log), "-e", f"trace={','.join(CALLS)}", *before])
        self.checked(run)
        counts, calls = Counter(), []
        for line in log.read_text("utf-8", "replace").splitlines():
            match = re.match(r"(\d+) +(\w+)\((.*)", line)
            if match and match[2] in CALLS:
                counts[match[1], match[2]] += 1
                calls.append((match[2], counts[match[1], match[2]], match[3]))
        # It begins with the first call by which the old bundle is linked away or something reaches the disk.
        begin = next(at for at, (name, _, _) in enumerate(calls) if name in ("linkat", "link", "fsync"))
        return calls[begin:]

    def chosen(self):
        """The first, a middle and the last call of each kind and place."""
        groups = {}
        for name, number, about in self.traced([]):
            about = about.replace(str(self.case.work), "")
            place = "staging revision" if ".revisions/.staging" in about else \
                "revisions" if ".revisions" in about else "staging" if ".staging" in about else "out"
            groups.setdefault((name, place), []).append((number, about))
        for (name, place), calls in groups.items():
            for number, about in sorted({calls[0], calls[len(calls) // 2], calls[-1]}):
                yield name, place, number, about[:90]

    def points(self):
        points = list(self.chosen())
        print(f"named points: {len(points)}")
        for name, place, number, about in points:
            self.inject("signal=KILL", name, place, number, about)

    def errors(self):
        points = [point for point in self.chosen() if point[0] not in ("unlinkat", "rmdir")]
        print(f"failing calls: {len(points)}")
        for at, (name, place, number, about) in enumerate(points):
            self.inject(f"error={'ENOSPC' if at % 2 else 'EIO'}", name, place, number, about)

    def inject(self, fault, name, place, number, about):
        self.reset()
        run = self.case.run(more=["--threads", "1"], before=["strace", "-f", "-o", "/dev/null",
            "-e", f"trace={name}", "-e", f"inject={name}:{fault}:when={number}"])
        what = f"{fault} at {name} {number} ({place})"
        found = self.after(what, "old")
        if fault.startswith("error") and found == "old":
            said = run.returncode == 4 and "cannot" in run.stderr
            left = self.left_over()
            self.report.check(f"{what}: is told", [] if said and not left else [f"{run.returncode} {left} {run.stderr[-300:]}"])
        print(f"  {what:<50} exit {run.returncode:4}, {found} stands there   {about}")
        self.recover(what)

    # Disks ---------------------------------------------------------------------------------------

    def mounted(self, size, mode="rw"):
        folder = Path(tempfile.mkdtemp(dir=self.case.work))
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},{mode}", "tmpfs", folder], capture_output=True)
        if done.returncode != 0:
            print(f"left out: no right to mount: {done.stderr.decode().strip()}")
            return None
        return folder

    def full(self):
        told, built = Counter(), 0
        for share in (0.0, 0.1, 0.25, 0.4, 0.55, 0.7, 0.8, 0.9, 1.0, 2.0):
            for with_old in (False, True):
                # Blocks of 4 KiB: files take more room than they have bytes.
                block = lambda files: sum(-(-s // 4096) * 4096 + 4096 for s in files)
                sizes = [p.stat().st_size for p in (self.saved / NAME).rglob("*")]
                room = int(block(sizes) * share) + (block(sizes) if with_old else 0) + 16384
                folder = self.mounted(room)
                if folder is None:
                    return
                try:
                    out = folder / "out"
                    if with_old:
                        shutil.copytree(self.saved, out)
                    before = self.state(out)
                    run = self.case.run(out)
                    found = self.after(f"{room >> 10} KiB, {before} there", before, out)
                    if run.returncode == 0:
                        built += 1
                        wrong = [] if found in ("new", "first") else [found]
                    else:
                        told[run.returncode] += 1
                        says = "No space left" in run.stderr and str(folder) in run.stderr
                        wrong = [] if run.returncode == 4 and says else [f"{run.returncode} {run.stderr[-400:]}"]
                        wrong += [f"left over: {name}" for name in self.left_over(out)]
                    self.report.check(f"{room >> 10} KiB, {before} there: is told", wrong)
                finally:
                    subprocess.run(["umount", folder])
        print(f"full: of 20 disks {built} had room, on the others exit codes {dict(told)}")
        self.temporary()

    def temporary(self):
        """Intermediate files have no room."""
        codes = Counter()
        for size in ("16k", "64k", "128k"):
            folder = self.mounted(size)
            if folder is None:
                return
            try:
                self.reset()
                run = self.case.run(TMPDIR=str(folder))
                codes[run.returncode] += 1
                self.after(f"temporary files, {size}", "old")
                wrong = [] if run.returncode in (0, 4) else [f"{run.returncode} {run.stderr[-400:]}"]
                wrong += [f"left over: {p.name}" for p in folder.iterdir()]
                self.report.check(f"temporary files, {size}: is told", wrong)
            finally:
                subprocess.run(["umount", folder])
        print(f"no room for temporary files: exit codes {dict(codes)}")

    def locked(self):
        folder = self.mounted("64m")
        if folder is not None:
            out = folder / "out"
            shutil.copytree(self.saved, out)
            subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
            run = self.case.run(out)
            says = run.returncode == 4 and str(out) in run.stderr
            self.report.check("read-only: is told", [] if says else [f"{run.returncode} {run.stderr[-400:]}"])
            self.after("read-only", "old", out)
            subprocess.run(["umount", folder])
        refused = 0
        for number in range(5):
            self.reset()
            first = self.case.begin()
            for line in first.stderr:
                if '"stage":"inputs"' in line:
                    break
            time.sleep(self.chance.uniform(0.2, self.seconds / 2))
            second = self.case.run()
            first.stderr.read()
            first.wait()
            codes = (first.returncode, second.returncode)
            says = codes == (0, 4) and "locked by another run" in second.stderr
            refused += says
            self.report.check(f"two at once {number + 1}", [] if says else [f"{codes} {second.stderr[-300:]}"])
            self.report.equal(f"two at once {number + 1}: stands there", self.state(), "new")
        print(f"two at once: the second was refused {refused} of 5 times")

    # Inputs --------------------------------------------------------------------------------------

    def moving(self):
        ends = Counter()
        other = self.late.slice(0, 350)
        self.reset()
        self.case.deliver(other)
        self.checked(self.case.run())
        third = tree(self.case.out / NAME)
        for number in range(12):
            self.reset()
            self.case.deliver(self.late)
            run = self.case.begin()
            time.sleep(self.chance.uniform(0, self.seconds * 1.1))
            self.case.deliver(other)
            said = run.stderr.read()
            run.wait()
            state = "of the other file" if tree(self.case.out / NAME) == third else self.state()
            ends[run.returncode, state] += 1
            fits = run.returncode == 0 and state in ("new", "of the other file")
            told = run.returncode == 1 and state == "old" and ("changed" in said or "a.parquet" in said)
            self.report.check(f"moving {number + 1}", [] if fits or told else [f"{run.returncode}, {state}: {said[-400:]}"])
        self.case.deliver(self.late)
        for (code, state), count in sorted(ends.items()):
            print(f"a file was replaced during the run: exit {code}, bundle {state}: {count}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--kills", type=int, default=120)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        faults = Faults(given, Path(work))
        for part in given.only:
            if part in ("points", "errors") and not shutil.which("strace"):
                print(f"left out: {part}, strace is not installed")
                continue
            getattr(faults, part)()
            sys.stdout.flush()
    return faults.report.end()


if __name__ == "__main__":
    sys.exit(main())
