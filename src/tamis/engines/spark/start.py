"""Starting Spark, or joining the one that this process has: a process can have but one."""

from __future__ import annotations

import os
import re
import shutil
import signal
import tempfile
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock
from types import FrameType

from py4j.java_gateway import JavaGateway
from py4j.protocol import Py4JError
from pyspark import SparkConf, SparkContext
from pyspark.errors import PySparkException
from pyspark.java_gateway import launch_gateway
from pyspark.logger import PySparkLogger
from pyspark.sql import SparkSession

from tamis.errors import EngineError

Handler = Callable[[int, FrameType | None], object] | int | None
LOCAL = "local[*]"
SUBMITTED = "PYSPARK_GATEWAY_PORT"
"""Set where spark-submit has started this process."""
NEEDS = "Spark needs Java 17 or newer: is it installed, and does JAVA_HOME name it?"
SIZE = re.compile(r"(\d+(?:\.\d+)?) ?([KMGT]?)i?B?", re.IGNORECASE)

MEANT = {
    "spark.sql.ansi.enabled": "true",  # what overflows or is no number is an error, never another
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_LTZ",  # in UTC the same, and much faster than without
    "spark.sql.parquet.inferTimestampNTZ.enabled": "false",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",  # a product keeps all its decimals
    "spark.sql.caseSensitive": "true",
    "spark.sql.legacy.timeParserPolicy": "CORRECTED",
    "spark.sql.storeAssignmentPolicy": "ANSI",
}
"""What results depend on: set whatever the settings of the place say."""

WANTED = {
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.adaptive.coalescePartitions.parallelismFirst": "false",
    "spark.sql.maxPlanStringLength": "10000",
    "spark.sql.ui.explainMode": "simple",
    # Java runs longer methods uncompiled; Spark cuts a step into short ones when told so.
    "spark.sql.codegen.hugeMethodLimit": "8000",
    # Held rows are read once or twice: packing them costs more than it saves.
    "spark.sql.inMemoryColumnarStorage.compressed": "false",
}
"""What is good for our queries: set where the settings of the place say nothing."""


COLLECTOR = "-XX:+UseParallelGC"
"""A run is over before a collector that spares pauses pays."""


class Running:
    """The Spark of this process: started by its first user, stopped by its last.

    One that was there before is used and left running.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._users = 0
        self._started: SparkSession | None = None
        self._folder: Path | None = None

    def joined(self, master: str | None, memory: str | None, spill: Path | None) -> SparkSession:
        """A session with tables and settings of its own. Raises: EngineError."""
        with self._lock:
            found = self._started or SparkSession.getActiveSession()
            if found is None:
                found = self._started = self._start(master, memory, spill)
            elif master not in (None, found.sparkContext.master):
                message = f"this process has a Spark at {found.sparkContext.master} already"
                raise EngineError(message, hint=f"close it, or leave {master} out")
            self._users += 1
        return prepared(found.newSession())

    def left(self) -> None:
        """One user less."""
        with self._lock:
            self._users -= 1
            if not self._users and self._started:
                self._started.stop()
                self._started = None
                self._clear()

    def _start(self, master: str | None, memory: str | None, spill: Path | None) -> SparkSession:
        self._folder = Path(tempfile.mkdtemp(prefix="tamis-", dir=spill))
        log = self._folder / "spark.log"
        wanted = settings(master or LOCAL, memory, self._folder)
        before = signal.getsignal(signal.SIGINT)
        try:
            return SparkSession(_context(wanted, log))
        except (PySparkException, Py4JError, OSError) as error:
            said = _last_line(log)
            self._clear()
            message = f"Spark did not start: {said or error}"
            raise EngineError(message, hint=NEEDS) from error
        finally:
            _restore(before)

    def _clear(self) -> None:
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


RUNNING = Running()


def _context(wanted: Mapping[str, str], log: Path) -> SparkContext:
    _silence()
    gateway, conf = _submitted(wanted) if SUBMITTED in os.environ else _launched(wanted, log)
    context = SparkContext(conf=conf, gateway=gateway)
    context.setLogLevel("ERROR")
    return context


def _launched(wanted: Mapping[str, str], log: Path) -> tuple[JavaGateway, SparkConf]:
    """Java started now. What it says goes to a file: a terminal is for what Tamis says."""
    conf = SparkConf(loadDefaults=False)
    for name, value in wanted.items():
        conf.set(name, value)
    with log.open("wb") as file:
        said = {"stdout": file, "stderr": file}
        return SparkContext._gateway or launch_gateway(conf, said), conf  # type: ignore[no-untyped-call]  # noqa: SLF001


def _submitted(wanted: Mapping[str, str]) -> tuple[JavaGateway, SparkConf]:
    """Java that spark-submit has started: it knows where to run, and its settings come first."""
    gateway = launch_gateway()  # type: ignore[no-untyped-call]
    conf = SparkConf(_jvm=gateway.jvm)
    for name, value in wanted.items():
        conf.setIfMissing(name, value)
    return gateway, conf


def _silence() -> None:
    # What went wrong is said once, by us; and PySpark warns of a pandas that is not used.
    for name in ("SQLQueryContextLogger", "DataFrameQueryContextLogger"):
        PySparkLogger.getLogger(name).disabled = True
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas")


def settings(master: str, memory: str | None, folder: Path) -> dict[str, str]:
    """What Spark is started with. Raises: EngineError for a memory limit that is none."""
    found = {
        "spark.master": master,
        "spark.app.name": "tamis",
        "spark.ui.showConsoleProgress": "false",
        # What Spark remembers of past statements: their plans are long, and fill its memory.
        "spark.sql.ui.retainedExecutions": "20",
        "spark.sql.warehouse.dir": (folder / "warehouse").as_uri(),
        "spark.local.dir": str(folder),
        "spark.driver.defaultJavaOptions": COLLECTOR,
        "spark.executor.defaultJavaOptions": COLLECTOR,
    }
    if master.startswith("local"):
        found |= {
            "spark.ui.enabled": "false",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            # Within one process nobody is lost: a machine that slept goes on where it was.
            "spark.network.timeout": "1d",
        }
    return found | ({"spark.driver.memory": size(memory)} if memory else {})


def size(memory: str) -> str:
    """A memory limit such as "2.5GB" in Spark's words.

    Raises: EngineError for what is none.

    >>> size("2.5GB")
    '2560m'
    """
    found = SIZE.fullmatch(memory.strip())
    if found is None:
        message = f"`{memory}` is no amount of memory"
        raise EngineError(message, hint="write it as 2GB or 500MB")
    power = " KMGT".index(found[2].upper() or " ")
    return f"{max(int(float(found[1]) * 1024**power / 1024**2), 1)}m"


def prepared(session: SparkSession) -> SparkSession:
    """The session with the settings of `MEANT` and `WANTED`."""
    context = session.sparkContext
    said = {name for name, _ in context.getConf().getAll()}
    wanted = WANTED | {"spark.sql.shuffle.partitions": str(2 * context.defaultParallelism)}
    for name, value in (MEANT | {k: v for k, v in wanted.items() if k not in said}).items():
        session.conf.set(name, value)
    return session


def _restore(handler: Handler) -> None:
    # Spark puts a handler of its own for Ctrl-C, which stops the jobs of others too.
    try:
        signal.signal(signal.SIGINT, handler)
    except ValueError:
        return  # not the main thread: then nothing was put


def _last_line(log: Path) -> str:
    try:
        lines = log.read_text(errors="replace").split("\n")
    except OSError:
        return ""
    told = [line for line in lines if line.strip() and not line.startswith(("\t", "WARNING"))]
    return told[-1] if told else ""
