"""A colleague's file of a node exporter, with one fault each: Prometheus sees too little, and nothing says so aloud."""

from collections.abc import Mapping
from dataclasses import dataclass

RIGHT = """\
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: node-exporter
  namespace: nodes
spec:
  selector:
    matchLabels: {app: node-exporter}
  template:
    metadata:
      labels: {app: node-exporter}
    spec:
      automountServiceAccountToken: false
      securityContext:
        runAsNonRoot: true
        runAsUser: 65534
        seccompProfile: {type: RuntimeDefault}
      tolerations:
      - operator: Exists
      containers:
      - name: exporter
        image: prom/node-exporter:v1.9.1
        args:
        - --path.rootfs=/host
        ports:
        - {name: metrics, containerPort: 9100}
        readinessProbe:
          httpGet: {path: /, port: metrics}
        resources:
          requests: {cpu: 10m, memory: 64Mi}
          limits: {memory: 64Mi}
        securityContext:
          allowPrivilegeEscalation: false
          readOnlyRootFilesystem: true
          capabilities: {drop: [ALL]}
        volumeMounts:
        - {name: host, mountPath: /host, readOnly: true}
      volumes:
      - name: host
        hostPath: {path: /}
---
apiVersion: v1
kind: Service
metadata:
  name: node-exporter
  namespace: nodes
spec:
  clusterIP: None
  selector: {app: node-exporter}
  ports:
  - {name: metrics, port: 9100, targetPort: metrics}
"""
JOB = "- job_name: node\n  dns_sd_configs: [{names: [_metrics._tcp.node-exporter.nodes], refresh_interval: 15s}]\n"
"""How Prometheus finds all nodes: by the name of a port of a Service without an address of its own."""


@dataclass(frozen=True)
class Fault:
    """One fault.

    Args:
        right: what stands in the file that is in order.
        wrong: what stands there instead.
        seen: what Prometheus sees of it.
    """

    right: str
    wrong: str
    seen: str


FAULTS: Mapping[str, Fault] = {
    "selector": Fault("selector: {app: node-exporter}\n  ports", "selector: {app: exporter}\n  ports",
                      "the pods run, and Prometheus has no target of the job node"),
    "port": Fault("{name: metrics, port: 9100", "{name: http, port: 9100",
                  "the Service finds its pods, and Prometheus has no target of the job node"),
    "headless": Fault("  clusterIP: None\n", "", "of three nodes one is a target, under an address that no pod has"),
    "disks": Fault("        args:\n        - --path.rootfs=/host\n", "",
                   "all nodes are targets, and each says that its disks are those of a container"),
}  # fmt: skip


def broken(fault: str) -> str:
    """The file with the fault."""
    one = FAULTS[fault]
    return RIGHT.replace(one.right, one.wrong)
