"""The HTTP server, with the guard before it; started by ``local.cloud.servers``."""

from __future__ import annotations

import asyncio
import sys

from hypercorn.asyncio import serve
from hypercorn.config import Config
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cdk_automlv2.local.cloud import lifeline, limits
from cdk_automlv2.local.cloud.credentials import RemoteKeys
from cdk_automlv2.local.cloud.guard import Guard
from cdk_automlv2.local.sagemaker import data_plane, service
from cdk_automlv2.local.sagemaker.autoscaling import scaler
from cdk_automlv2.local.sagemaker.autoscaling.alarms import RemoteAlarms
from cdk_automlv2.local.sagemaker.caller import Iam
from cdk_automlv2.local.sagemaker.clock import Clock
from cdk_automlv2.local.sagemaker.data_plane import JSON, error_answer, request_id
from cdk_automlv2.local.sagemaker.errors import ServiceError
from cdk_automlv2.local.sagemaker.events import Events
from cdk_automlv2.local.sagemaker.faults import Fault, Faults
from cdk_automlv2.local.sagemaker.rates import Rates
from cdk_automlv2.local.sagemaker.state import State

HEALTH = "/_automlv2/health"


def application(state: State) -> Starlette:
    """Return the ASGI application of a state."""

    async def control(request: Request) -> Response:
        body = await request.body()
        try:
            answer = await run_in_threadpool(service.control, state, request.headers, body)
        except ServiceError as error:
            return error_answer(error)
        return Response(answer, headers=request_id(), media_type=JSON)

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
            *data_plane.routes(state),
            Route(HEALTH, health),
            Route("/_automlv2/faults", add_fault, methods=["POST"]),
            Route("/_automlv2/faults", clear_faults, methods=["DELETE"]),
        ],
        exception_handlers={Exception: _internal_failure},
    )


async def _internal_failure(_request: Request, _error_met: Exception) -> Response:
    """Answer what nobody has foreseen; the log has the trace."""
    return error_answer(ServiceError("InternalFailure", "An internal error has occurred.", 500))


def main(ministack_url: str, speed: float, throttles: float, descriptor: int, port: int) -> None:
    """Serve until stopped; keys are read from standard input.

    Args:
        ministack_url: Where IAM, STS and S3 are.
        speed: How much faster than AWS waiting goes.
        throttles: Below 0 calls have no rates; else AWS's, and this part of calls is throttled
            by chance on top.
        descriptor: Of the socket to listen on.
        port: Of that socket.
    """
    own = lifeline.read().own
    limits.raise_open_files()
    config = Config()
    config.bind = [f"fd://{descriptor}"]
    rates = Rates(speed, limited=throttles >= 0, chance=max(throttles, 0))
    events = Events.to_ministack(ministack_url, own)
    alarms = RemoteAlarms(ministack_url, own)
    iam, clock = Iam(ministack_url, own), Clock(speed)
    state = State(iam, clock, Faults(), rates, events=events, alarms=alarms)
    scaler.start(state)
    keys = RemoteKeys(ministack_url, own)
    guarded = Guard(application(state), port, keys, unsigned=[("GET", HEALTH)])
    asyncio.run(serve(guarded, config))  # type: ignore[arg-type]


if __name__ == "__main__":
    _, _folder, _url, _speed, _throttles, _descriptor, _port = sys.argv
    main(_url, float(_speed), float(_throttles), int(_descriptor), int(_port))
