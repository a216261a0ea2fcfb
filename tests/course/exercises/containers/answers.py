"""Right answers to the exercises of lesson 1, for any task."""

from aoi_modules.course.exercises.containers.tasks import BASE, Task


def jupyter_file(task: Task) -> str:
    """The Dockerfile of exercise 1.1."""
    return f"""FROM {BASE}
RUN useradd --create-home --uid {task.uid} {task.user}
WORKDIR {task.home}
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY notebooks ./notebooks
USER {task.user}
EXPOSE 8888
CMD ["jupyter", "lab", "--ip=0.0.0.0", "--no-browser"]
"""


def station_file(task: Task) -> str:
    """The Dockerfile of exercise 1.2."""
    return f"""FROM {BASE}
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
CMD ["python", "{task.program}"]
"""


def pages_file(task: Task) -> str:
    """The Dockerfile of exercise 1.3, mended."""
    return f"""FROM {BASE}
WORKDIR {task.place}
COPY pictures {task.place}/pictures
EXPOSE 8888
USER 65534
CMD ["python", "-m", "http.server", "8888", "--directory", "pictures"]
"""


def run_line(task: Task, gpu: str = "--gpus all") -> str:
    """The line of exercise 1.4."""
    return (
        f"docker run -p {task.port}:8888 {gpu} -v {task.work}:{task.inside} --name {task.container} -d "
        f"--restart=always {task.image}"
    )
