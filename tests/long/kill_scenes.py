"""A stand-in of every gateway at once, each as the scene that its conformance tests act on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from connectors.gateway import AccountAccess
from sandbox.braintree.running import running as braintree_running
from sandbox.custom.api import DEFAULTS as CUSTOM
from sandbox.custom.api import make_api as custom_api
from sandbox.paypal.running import running as paypal_running
from sandbox.recurly.api import DEFAULTS as RECURLY
from sandbox.recurly.api import make_api as recurly_api
from sandbox.standin.running import Served, serving
from sandbox.stripe.running import Running
from sandbox.stripe.running import running as stripe_running
from sandbox.stripe.settings import Scope
from sandbox.woocommerce.api import DEFAULTS as WOOCOMMERCE
from sandbox.woocommerce.api import make_api as woocommerce_api
from tests.actions.stand import KEY
from tests.connectors.braintree.conftest import SCOPE as BRAINTREE_SCOPE
from tests.connectors.braintree.conftest import access as braintree_access
from tests.connectors.braintree.test_braintree_conformance import BraintreeScene
from tests.connectors.conftest import Till as StripeTill
from tests.connectors.custom.conftest import ACCOUNT as CUSTOM_ACCOUNT
from tests.connectors.custom.conftest import SCOPE as CUSTOM_SCOPE
from tests.connectors.custom.conftest import Till as CustomTill
from tests.connectors.custom.test_custom_conformance import CustomScene
from tests.connectors.paypal.conftest import KEY as PAYPAL_KEY
from tests.connectors.paypal.conftest import SCOPE as PAYPAL_SCOPE
from tests.connectors.paypal.conftest import Till as PayPalTill
from tests.connectors.paypal.test_paypal_conformance import PayPalScene
from tests.connectors.recurly.conftest import SCOPE as RECURLY_SCOPE
from tests.connectors.recurly.conftest import Till as RecurlyTill
from tests.connectors.recurly.test_recurly_actions import RecurlyActionScene
from tests.connectors.scenes import ActionScene
from tests.connectors.stripe_scene import StripeScene
from tests.connectors.woocommerce.conftest import SCOPE as WOOCOMMERCE_SCOPE
from tests.connectors.woocommerce.conftest import Till as WooCommerceTill
from tests.connectors.woocommerce.scene import WooCommerceScene


@contextmanager
def every_scene(folder: Path) -> Iterator[tuple[Running, list[Served[Any, Any]], list[ActionScene]]]:
    """Stripe's stand-in, the others', and the scenes of all six gateways."""
    with ExitStack() as stack:
        stripe = stack.enter_context(stripe_running(folder / "sandbox", Scope(scale="full")))
        braintree = stack.enter_context(braintree_running(None, BRAINTREE_SCOPE))
        paypal = stack.enter_context(paypal_running(None, PAYPAL_SCOPE))
        recurly = stack.enter_context(serving(recurly_api(None, RECURLY_SCOPE, RECURLY), RECURLY))
        shop = stack.enter_context(serving(woocommerce_api(None, WOOCOMMERCE_SCOPE, WOOCOMMERCE), WOOCOMMERCE))
        custom = stack.enter_context(serving(custom_api(None, CUSTOM_SCOPE, CUSTOM), CUSTOM))
        yield (
            stripe,
            [braintree, paypal, recurly, shop, custom],
            [
                StripeScene(AccountAccess("stripe/eu", stripe.url, KEY), StripeTill(stripe)),
                BraintreeScene(braintree, braintree_access(braintree)),
                PayPalScene(AccountAccess("paypal/eu", paypal.url, PAYPAL_KEY), PayPalTill(paypal)),
                RecurlyActionScene(AccountAccess("recurly/main", recurly.url, RECURLY.key), RecurlyTill(recurly)),
                WooCommerceScene(AccountAccess("woocommerce/shop", shop.url, WOOCOMMERCE.key), WooCommerceTill(shop)),
                CustomScene(AccountAccess(CUSTOM_ACCOUNT, custom.url, CUSTOM.key), CustomTill(custom)),
            ],
        )
