"""Google Secret Manager over real gRPC on the loopback, for tests: it holds, refuses, counts."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.auth.credentials import AnonymousCredentials
from google.cloud.secretmanager_v1 import SecretManagerServiceClient
from google.cloud.secretmanager_v1.services.secret_manager_service.transports import (
    SecretManagerServiceGrpcTransport,
)
from google.cloud.secretmanager_v1.types import (
    AccessSecretVersionRequest,
    AccessSecretVersionResponse,
    SecretPayload,
)

PROJECT = "projects/showlist-test"


@dataclass
class SecretManagerService:
    """What it answers, by secret: a value, or a status with its message."""

    values: dict[str, str | bytes] = field(default_factory=dict)
    refusals: dict[str, tuple[grpc.StatusCode, str]] = field(default_factory=dict)
    seconds: float = 0.0
    asked: list[str] = field(default_factory=list)
    clients: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    address: str = ""

    def reset(self) -> None:
        self.values, self.refusals, self.asked = {}, {}, []
        self.seconds, self.clients = 0.0, 0

    def connect(self) -> SecretManagerServiceClient:
        """A client as ``secret_manager.connect`` makes one, of this service."""
        self.clients += 1
        transport = SecretManagerServiceGrpcTransport(
            channel=grpc.insecure_channel(self.address), credentials=AnonymousCredentials()
        )
        return SecretManagerServiceClient(transport=transport)

    def access(
        self, request: AccessSecretVersionRequest, context: grpc.ServicerContext
    ) -> AccessSecretVersionResponse:
        project, _, rest = request.name.partition("/secrets/")
        secret = rest.removesuffix("/versions/latest")
        with self._lock:
            self.asked.append(secret)
        time.sleep(self.seconds)
        if secret in self.refusals:
            context.abort(*self.refusals[secret])
        if project != PROJECT:
            context.abort(grpc.StatusCode.NOT_FOUND, f"Project '{project}' not found or deleted.")
        if secret not in self.values:
            said = f"Secret [{project}/secrets/{secret}] not found or has no versions."
            context.abort(grpc.StatusCode.NOT_FOUND, said)
        value = self.values[secret]
        data = value if isinstance(value, bytes) else value.encode()
        return AccessSecretVersionResponse(name=request.name, payload=SecretPayload(data=data))


def start() -> tuple[SecretManagerService, grpc.Server]:
    service = SecretManagerService()
    method = grpc.unary_unary_rpc_method_handler(
        service.access,
        request_deserializer=AccessSecretVersionRequest.deserialize,
        response_serializer=AccessSecretVersionResponse.serialize,
    )
    handlers: dict[str, Any] = {"AccessSecretVersion": method}
    server = grpc.server(ThreadPoolExecutor(16))
    server.add_generic_rpc_handlers(
        (
            grpc.method_handlers_generic_handler(
                "google.cloud.secretmanager.v1.SecretManagerService", handlers
            ),
        )
    )
    service.address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    return service, server
