"""A canvas of Canvas Kit as HTML, as far as the components that Counterfoil uses go. Unknown ones are shown as such."""

from html import escape

from sandbox.standin.messages import Json


def drawn(canvas: Json) -> str:
    """One form of all components; each submit button sends its id."""
    components = (canvas.get("content") or {}).get("components") or []
    return (
        f'<form method="post" class="canvas">{"".join(_drawn(one) for one in components)}</form>' if components else ""
    )


def _drawn(one: Json) -> str:
    name, label = escape(str(one.get("id", ""))), escape(str(one.get("label", "")))
    match one["type"]:
        case "text":
            tag = "h2" if one.get("style") == "header" else "p"
            return f'<{tag} class="{escape(one.get("style", "paragraph"))}">{escape(one["text"])}</{tag}>'
        case "button" if one["action"]["type"] == "url":
            return f'<p><a href="{escape(one["action"]["url"])}" target="_blank">{label}</a></p>'
        case "button":
            return f'<button name="component_id" value="{name}" class="{escape(one["style"])}">{label}</button> '
        case "input":
            return f'<label>{label} <input name="{name}" value="{escape(one.get("value", ""))}"></label>'
        case "textarea":
            return f'<label>{label} <textarea name="{name}">{escape(one.get("value", ""))}</textarea></label>'
        case "dropdown":
            options = "".join(
                f'<option value="{escape(each["id"])}"{" selected" if each["id"] == one.get("value") else ""}>'
                f"{escape(each['text'])}</option>"
                for each in one["options"]
            )
            return f'<label>{label} <select name="{name}"><option value=""></option>{options}</select></label>'
        case "checkbox":
            return "".join(
                f'<label><input type="checkbox" name="{name}" value="{escape(each["id"])}"'
                f"{' checked' if each['id'] in one.get('value', ()) else ''}> {escape(each['text'])}</label>"
                for each in one["option"]
            )
        case "divider":
            return "<hr>"
    raise ValueError(f"Canvas Kit has no component {one['type']!r}")
