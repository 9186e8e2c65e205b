"""A local stand-in for Telegram: the Bot API over HTTP for the bot, a chat in the browser for people.

It imports nothing of the other packages and knows no bot by name: whatever speaks the Bot API can be tried here.
"""
