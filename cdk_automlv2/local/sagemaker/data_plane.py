"""The addresses of the data plane, by HTTP: three ways to invoke an endpoint."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from cdk_automlv2.local.sagemaker import event_stream, protocol, runtime
from cdk_automlv2.local.sagemaker.errors import ServiceError
from cdk_automlv2.local.sagemaker.invoke_async import invoke_async
from cdk_automlv2.local.sagemaker.state import State

JSON = "application/x-amz-json-1.1"
Invoke = Callable[[Request, bytes], Response]


def routes(state: State) -> list[Route]:
    """Return the routes that invoke endpoints of a state."""

    def at_once(request: Request, body: bytes) -> Response:
        name = request.path_params["name"]
        answer, headers = runtime.invoke(state, request.headers, name, body)
        return Response(answer, headers={**request_id(), **headers})

    def later(request: Request, body: bytes) -> Response:
        name = request.path_params["name"]
        answer, headers = invoke_async(state, request.headers, name, body)
        shown = {**request_id(), **headers}
        return Response(answer, status_code=202, headers=shown, media_type=JSON)

    def streaming(request: Request, body: bytes) -> Response:
        name, action = request.path_params["name"], runtime.STREAMING
        answer, headers = runtime.invoke(state, request.headers, name, body, action)
        shown = {**request_id(), **headers}
        shown["x-amzn-sagemaker-content-type"] = shown.pop("content-type")
        parts = event_stream.parts_of(answer)
        return StreamingResponse(parts, headers=shown, media_type=event_stream.CONTENT_TYPE)

    return [
        _route("invocations", at_once),
        _route("async-invocations", later),
        _route("invocations-response-stream", streaming),
    ]


def _route(path: str, invoke: Invoke) -> Route:
    async def answer(request: Request) -> Response:
        body = await request.body()
        try:
            return await run_in_threadpool(invoke, request, body)
        except ServiceError as error:
            return error_answer(error)

    return Route(f"/endpoints/{{name}}/{path}", answer, methods=["POST"])


def error_answer(error: ServiceError) -> Response:
    """Return the answer of a refusal."""
    headers = {"x-amzn-ErrorType": error.code, **request_id()}
    body = protocol.error_body(error)
    return Response(body, status_code=error.status, headers=headers, media_type=JSON)


def request_id() -> dict[str, str]:
    """Return the header that identifies the request."""
    return {"x-amzn-RequestId": str(uuid.uuid4())}
