"""The hash of row-hash.ts, written a second time: `python3 row-hash.py > row-hash.json`."""

import json
import struct

MASK = 0xFFFFFFFF


def rotate(value, bits):
    return ((value << bits) | (value >> (32 - bits))) & MASK


def mix(a, b, low, high):
    a ^= rotate(low * 0x239B961B & MASK, 15) * 0xAB0E9789 & MASK
    a = ((rotate(a, 19) + b) * 5 + 0x561CCD1B) & MASK
    b ^= rotate(high * 0xAB0E9789 & MASK, 16) * 0x38B34AE5 & MASK
    b = ((rotate(b, 17) + a) * 5 + 0x0BCAA747) & MASK
    return a, b


def text_words(text):
    data = text.encode()
    a = b = 0
    whole = len(data) // 8 * 8
    for at in range(0, whole, 8):
        a, b = mix(a, b, *struct.unpack_from("<II", data, at))
    a, b = mix(a, b, *struct.unpack("<II", data[whole:].ljust(8, b"\0")))
    return mix(a, b, len(data), 0)


def double_words(value):
    return struct.unpack("<II", struct.pack("<d", value + 0.0))


def finalize(value):
    value ^= value >> 16
    value = value * 0x85EBCA6B & MASK
    value ^= value >> 13
    value = value * 0xC2B2AE35 & MASK
    return value ^ (value >> 16)


def fraction(salt, *words):
    a, b = text_words(salt)
    for low, high in words:
        a, b = mix(a, b, low, high)
    a = (a + b) & MASK
    b = (b + a) & MASK
    return ((finalize(a) + finalize(b)) & MASK) / 2**32


numbers = [0.0, 1.0, -1.5, 1e300, 123456789.0]
texts = ["", "a", "12345678", "twelve bytes", "größer als €"]
print(
    json.dumps(
        {
            "salt": "pepper",
            "numbers": numbers,
            "texts": texts,
            "fractionsOfNumbers": [fraction("pepper", double_words(n)) for n in numbers],
            "fractionsOfMissing": fraction("pepper", (0, 0x7FF80000)),
            "fractionsOfTexts": [fraction("pepper", text_words(t)) for t in texts],
            "fractionsOfBoth": [fraction("pepper", double_words(n), text_words(t)) for n, t in zip(numbers, texts)],
        },
        indent=2,
        ensure_ascii=False,
    )
)
