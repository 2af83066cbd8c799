"""What is sent and answered about logins, accounts and tokens."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.answers import _Answer
from api.bodies import Body
from api.moments import Moment
from models.held_roles import HeldRole
from models.passwords import MAX_LENGTH

Secret = Annotated[str, Field(min_length=1, max_length=MAX_LENGTH)]
Login = Annotated[
    str, Field(min_length=1, max_length=64, description="用户名。", examples=["hotline-office"])
]
LoginName = Annotated[
    str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{1,39}$", description="用户名：小写字母、数字和 . _ -。")
]
Code = Annotated[str, Field(pattern=r"^[0-9]{6}$", description="动态口令，六位数字。")]


class LoginBody(Body):
    """登录。"""

    login: Login
    password: Annotated[Secret, Field(description="密码。")]
    code: Annotated[Code | None, Field(description="动态口令；账号启用了动态口令的必填。")] = None


class LinkBody(Body):
    """用一次性链接设置密码。"""

    link: Annotated[str, Field(min_length=1, max_length=100, description="链接中的编码。")]
    password: Annotated[Secret, Field(description="新密码。")]


class PasswordBody(Body):
    """更改密码。"""

    present: Annotated[Secret, Field(description="现在的密码。")]
    password: Annotated[Secret, Field(description="新密码。")]


class CodeBody(Body):
    """出示动态口令。"""

    code: Code


class AbsenceBody(Body):
    """标记在岗或不在岗。"""

    absent: Annotated[bool, Field(description="是否不在岗。")]


class RecusalsBody(Body):
    """回避名单。"""

    people: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=64)]],
        Field(max_length=50, description="人员代码。工单对名单上的人不可见。"),
    ]


class AccountBody(Body):
    """开通账号。"""

    login: LoginName
    person: Annotated[str, Field(min_length=1, max_length=64, description="人员代码。")]


class AccountChange(Body):
    """启用或停用账号。"""

    active: Annotated[bool, Field(description="是否启用。停用后，已登录的立即退出。")]


class TokenBody(Body):
    """签发访问令牌。"""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,39}$", description="系统的代码。")]
    role: Annotated[HeldRole, Field(description="以何角色办理。")]
    unit: Annotated[str | None, Field(min_length=1, max_length=100, description="所属单位。")] = None
    operations: Annotated[
        tuple[Annotated[str, Field(max_length=64)], ...],
        Field(max_length=200, description="限于哪些操作（operationId）；不填时为该角色的全部操作。"),
    ] = ()
    days: Annotated[int, Field(ge=1, le=366, description="有效的天数。")]


class RoleAnswer(_Answer):
    """A role that somebody holds."""

    role: HeldRole
    name: str
    acts_as: str = Field(description="在工单办理中的角色。")


class LoggedIn(_Answer):
    """A session that was opened."""

    csrf: str = Field(description="此后每个非 GET 请求须在 X-Jiesu-CSRF 头中带上这个值。")
    second_factor_required: bool = Field(description="尚须验证动态口令，之后才能办理管理事项。")


class Watermark(_Answer):
    """What a page shows behind what it shows."""

    text: str
    at: Moment


class Me(_Answer):
    """Who is asking."""

    id: str | None
    name: str | None
    login: str | None
    role: HeldRole = Field(description="此次请求所用的角色。")
    roles: list[RoleAnswer]
    unit: str | None
    post: str | None = Field(description="A岗或B岗。")
    absent: bool
    via: str = Field(description="session 登录；token 访问令牌；development 开发用的请求头。")
    csrf: str | None
    expires_at: Moment | None
    second_factor: bool = Field(description="本次登录是否验证过动态口令。")
    second_factor_required: bool
    watermark: Watermark


class LoginMethods(_Answer):
    """How one may log in here."""

    password: bool
    oidc: bool
    development: bool


class SecondFactor(_Answer):
    """A fresh secret for an authenticator; it counts once a code of it was shown."""

    secret: str = Field(description="Base32。")
    address: str = Field(description="otpauth 地址，可制成二维码。")


class AccountAnswer(_Answer):
    """An account."""

    id: UUID
    login: str
    person: str | None
    unit: str | None
    roles: list[str]
    active: bool
    has_password: bool
    second_factor: bool
    single_sign_on: bool
    created_at: Moment


class AccountOpened(_Answer):
    """An account with the link by which its holder sets the password."""

    id: UUID
    link: str = Field(description="一次性链接，24小时内有效，只显示这一次。")


class TokenAnswer(_Answer):
    """A token, without what would let somebody in."""

    id: UUID
    name: str
    role: str
    unit: str | None
    operations: list[str]
    created_at: Moment
    created_by: str
    expires_at: Moment
    used_at: Moment | None
    revoked_at: Moment | None


class TokenIssued(_Answer):
    """A token that was issued."""

    id: UUID
    token: str = Field(description="访问令牌，只显示这一次。")
