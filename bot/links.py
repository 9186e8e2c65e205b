"""Links into a private chat with the bot: Telegram sends what stands behind "start=" as the word after /start."""

from jobs.presets import Preset

# The link of a style: its name follows.
STYLE = "p_"
# Telegram's limit for what stands behind "start=".
MOST_SIGNS = 64


def link_to(bot_name: str, preset: Preset) -> str:
    """The link that chooses a style; for a name too long for one, the link to the bot."""
    carried = f"{STYLE}{preset.name}"
    address = f"https://t.me/{bot_name}"
    return f"{address}?start={carried}" if len(carried) <= MOST_SIGNS else address
