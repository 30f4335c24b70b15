"""The HTTP server: ``… -m cdk_automlv2.local.sagemaker PORT MINISTACK_URL SPEED THROTTLES``."""

from __future__ import annotations

import asyncio
import sys
import uuid

from hypercorn.asyncio import serve
from hypercorn.config import Config
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cdk_automlv2.local.sagemaker import protocol, runtime, service
from cdk_automlv2.local.sagemaker.caller import Iam
from cdk_automlv2.local.sagemaker.clock import Clock
from cdk_automlv2.local.sagemaker.errors import ServiceError
from cdk_automlv2.local.sagemaker.faults import Fault, Faults
from cdk_automlv2.local.sagemaker.rates import Rates
from cdk_automlv2.local.sagemaker.state import State

_JSON = "application/x-amz-json-1.1"


def application(state: State) -> Starlette:
    """Return the ASGI application of a state."""

    async def control(request: Request) -> Response:
        body = await request.body()
        try:
            answer = await run_in_threadpool(service.control, state, request.headers, body)
        except ServiceError as error:
            return _error(error)
        return Response(answer, headers=_request_id(), media_type=_JSON)

    async def invoke(request: Request) -> Response:
        body = await request.body()
        name = request.path_params["name"]
        try:
            answer, headers = await run_in_threadpool(
                runtime.invoke, state, request.headers, name, body
            )
        except ServiceError as error:
            return _error(error)
        return Response(answer, headers={**_request_id(), **headers})

    async def health(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def add_fault(request: Request) -> Response:
        state.faults.add(Fault(**await request.json()))
        return Response(status_code=204)

    async def clear_faults(_request: Request) -> Response:
        state.faults.clear()
        return Response(status_code=204)

    return Starlette(
        routes=[
            Route("/", control, methods=["POST"]),
            Route("/endpoints/{name}/invocations", invoke, methods=["POST"]),
            Route("/_automlv2/health", health),
            Route("/_automlv2/faults", add_fault, methods=["POST"]),
            Route("/_automlv2/faults", clear_faults, methods=["DELETE"]),
        ]
    )


def _error(error: ServiceError) -> Response:
    headers = {"x-amzn-ErrorType": error.code, **_request_id()}
    body = protocol.error_body(error)
    return Response(body, status_code=error.status, headers=headers, media_type=_JSON)


def _request_id() -> dict[str, str]:
    return {"x-amzn-RequestId": str(uuid.uuid4())}


def main(port: int, ministack_url: str, speed: float, throttles: float) -> None:
    """Serve on 127.0.0.1 until stopped.

    Args:
        port: Where to listen.
        ministack_url: Where IAM, STS and S3 are.
        speed: How much faster than AWS waiting goes.
        throttles: Below 0 calls have no rates; else AWS's, and this part of calls is throttled
            by chance on top.
    """
    config = Config()
    config.bind = [f"127.0.0.1:{port}"]
    rates = Rates(speed, limited=throttles >= 0, chance=max(throttles, 0))
    state = State(Iam(ministack_url), Clock(speed), Faults(), rates)
    asyncio.run(serve(application(state), config))  # type: ignore[arg-type]


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], float(sys.argv[3]), float(sys.argv[4]))
