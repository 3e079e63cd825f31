"""The resource types that this project models itself; moto's own models make the others."""

from . import autoscaling, certificate, cloudwatch, ec2, elbv2, judgement, kms, route53, s3, sns, waiting
from .handler import Handler

HANDLERS: dict[str, Handler] = {
    **autoscaling.HANDLERS,
    **certificate.HANDLERS,
    **cloudwatch.HANDLERS,
    **ec2.HANDLERS,
    **elbv2.HANDLERS,
    **judgement.HANDLERS,
    **kms.HANDLERS,
    **route53.HANDLERS,
    **s3.HANDLERS,
    **sns.HANDLERS,
    **waiting.HANDLERS,
}
