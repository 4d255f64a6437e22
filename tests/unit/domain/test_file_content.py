"""What a file is, by its first bytes: what the service takes, and what it refuses and why."""

import base64
import codecs
import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suport.domain.attachment import MediaType, Refusal
from suport.domain.file_content import FIRST_BYTES, LAST_BYTES, MOST_BEFORE_A_PDF, recognise

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"
XML = b'<?xml version="1.0" encoding="UTF-8"?>\n'
XMLDSIG = b'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Id="S1"><ds:SignedInfo/>'
SIGNED_DATA = bytes.fromhex("06092a864886f70d010702a0")
DER = bytes.fromhex("308215d5") + SIGNED_DATA + bytes.fromhex("8215c6308215c2020101310f300d0609")
ENVELOPED = DER.replace(SIGNED_DATA[:-1], SIGNED_DATA[:-2] + b"\x03")
CYRILLIC = "Ошибка: сертификат недействителен.\r\n"
JAPANESE = "エラー:証明書が無効です。\r\n"
PFX = bytes.fromhex("30820a2e02010330820a0406092a864886f70d010701")
PKCS_8 = bytes.fromhex("308204bd020100300d06092a864886f70d0101010500048204a7")
CERTIFICATE = bytes.fromhex("308207453082062da00302010202101f3b") + bytes(range(200))
JKS = bytes.fromhex("feedfeed00000002000000010000000100086c6c6176652d31") + bytes(range(90))
JCEKS = bytes.fromhex("cececece0000000200000001") + bytes(range(90))
BKS = bytes.fromhex("0000000200000014") + bytes(range(64, 84)) + bytes.fromhex("000004d101") * 9
ENCRYPTED = {
    "enveloped": ENVELOPED,
    "encrypted": DER.replace(SIGNED_DATA[:-1], SIGNED_DATA[:-2] + b"\x06"),
    "authenticated": bytes.fromhex("3080060b2a864886f70d0109100117a080"),
}


def heif(major: bytes, *others: bytes) -> bytes:
    brands = b"".join(others)
    return (16 + len(brands)).to_bytes(4) + b"ftyp" + major + bytes(4) + brands + b"\0\0\1\0meta"


def in_base64(content: bytes, line: int = 64) -> str:
    """Lines of base64 with enough behind that beginning."""
    written = base64.b64encode(content + bytes(range(256)) * 3).decode()
    return "".join(written[at : at + line] + "\n" for at in range(0, len(written), line))


def in_base64_of_urls(content: bytes) -> str:
    return base64.urlsafe_b64encode(content + bytes(range(256))).decode()


def zipped(first_name: bytes, content: bytes = b"") -> bytes:
    sizes = bytes(14) + len(first_name).to_bytes(2, "little") + bytes(2)
    return b"PK\x03\x04\x14\x00\x06\x00\x08\x00" + sizes[2:] + first_name + content


TAKEN: dict[str, tuple[bytes, MediaType]] = {
    "PDF": (PDF, MediaType.PDF),
    "PDF after 1,000 bytes of junk": (bytes(range(1, 251)) * 4 + PDF, MediaType.PDF),
    "PDF after 1,024 bytes": (b"\x00" * MOST_BEFORE_A_PDF + PDF, MediaType.PDF),
    "PDF after a mark and empty lines": (codecs.BOM_UTF8 + b"\r\n\r\n" + PDF, MediaType.PDF),
    "PDF after a warning of PHP": (b"<br />\n<b>Warning</b>: headers\n" + PDF, MediaType.PDF),
    "PDF after a job of a printer": (b"\x1b%-12345X@PJL JOB\n" + PDF, MediaType.PDF),
    "PDF of a program that ends the line with a blank": (b"\n%PDF-1.4 \n1 0 obj", MediaType.PDF),
    "PNG": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", MediaType.PNG),
    "JPEG of a camera": (b"\xff\xd8\xff\xe1\x1c\x45Exif\x00\x00", MediaType.JPEG),
    "JPEG of a program": (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", MediaType.JPEG),
    "JPEG without either": (b"\xff\xd8\xff\xdb\x00\x43", MediaType.JPEG),
    "HEIC of an iPhone": (heif(b"heic", b"mif1", b"MiHB", b"heic"), MediaType.HEIC),
    "HEIC with a general brand": (heif(b"mif1", b"heic", b"mif1"), MediaType.HEIC),
    "HEIC in ten bits": (heif(b"heix", b"mif1", b"heix"), MediaType.HEIC),
    "HEIC burst": (heif(b"hevc", b"msf1", b"hevc"), MediaType.HEIC),
    "HEIC sequence": (heif(b"msf1", b"msf1", b"hevc"), MediaType.HEIC),
    "HEIC multiview": (heif(b"heim", b"mif1"), MediaType.HEIC),
    "HEIC scalable": (heif(b"heis", b"mif1"), MediaType.HEIC),
    "text in UTF-8": ("L’error és «SAF_09»\r\n".encode(), MediaType.TEXT),
    "text in UTF-8 with a mark": ("Això".encode("utf-8-sig"), MediaType.TEXT),
    "text in UTF-16": ("Això és l’error".encode("utf-16"), MediaType.TEXT),
    "text in UTF-16, big end first": (
        codecs.BOM_UTF16_BE + "Això".encode("utf-16-be"),
        MediaType.TEXT,
    ),
    "text in UTF-16 LE without a mark": ("Error SAF_09: això…".encode("utf-16-le"), MediaType.TEXT),
    "text in UTF-16 BE without a mark": ("Error SAF_09: això…".encode("utf-16-be"), MediaType.TEXT),
    "text in windows-1252": ("No s’ha pogut «signar» – 5 €".encode("cp1252"), MediaType.TEXT),
    "text in Latin-1": ("Ça ne marche pas, señor".encode("latin-1"), MediaType.TEXT),
    "text that speaks of PDF": (b"It does not begin with %PDF-1.4 as it should.\n", MediaType.TEXT),
    "text that begins like a program": (b"MZ-12 is the code\nMZ-13 too\n", MediaType.TEXT),
    "text with an address": (b"<anna@example.org> va escriure:\n", MediaType.TEXT),
    "text of one character": (b"x", MediaType.TEXT),
    "text in UTF-32": ("Això és l’error".encode("utf-32"), MediaType.TEXT),
    "a log in colours": (b"\x1b[31;1mERROR\x1b[0m SAF_09\r\n\x1b[38;5;208mw\x1b[m", MediaType.TEXT),
    "a log in colours of tput": (b"\x1b(B\x1b[mError\x1b[K\n", MediaType.TEXT),
    "a log of a terminal that pastes": (
        b"\x1b[200~ls\x1b[201~\x1b[2 q\x1b]133;A\x07",
        MediaType.TEXT,
    ),
    "a log with a link": (b"\x1b]8;;https://example.org\x1b\\aqui\x1b]8;;\x1b\\\n", MediaType.TEXT),
    "a log that shows progress": (b"10 %\x08\x08\x08\x0820 %\x1b[2K\x1b[1A\x07", MediaType.TEXT),
    "a log in colours in UTF-16": ("\x1b[31mError\x1b[0m".encode("utf-16"), MediaType.TEXT),
    "text of a word processor": (b"Primer\x0bSegon\x0cTercer", MediaType.TEXT),
    "text of DOS, with its end": (b"Error 5\r\n\x1a", MediaType.TEXT),
    "CSV": (b"codi;data\n190;2026-11-26\n", MediaType.TEXT),
    "JSON": (b'{"error": "SAF_09"}', MediaType.TEXT),
    "a log of AutoFirma": (
        XML + b'<!DOCTYPE log SYSTEM "logger.dtd">\n<log><record>',
        MediaType.TEXT,
    ),
    "XML that nobody signed": (XML + b"<justificant><num>12</num></justificant>", MediaType.TEXT),
    "a public certificate": (b"-----BEGIN CERTIFICATE-----\nMIIH", MediaType.TEXT),
    "XAdES around its content": (XML + XMLDSIG, MediaType.SIGNED_XML),
    "XAdES in its content": (
        XML + b"<document>text" + XMLDSIG + b"</ds:Signature></document>",
        MediaType.SIGNED_XML,
    ),
    "XAdES without a declaration": (b"<Signature xmlns='x'>", MediaType.SIGNED_XML),
    "XAdES in UTF-16": ((XML + XMLDSIG).decode().encode("utf-16"), MediaType.SIGNED_XML),
    "Facturae": (
        XML + b'<fe:Facturae xmlns:fe="http://www.facturae.gob.es/">' + XMLDSIG,
        MediaType.SIGNED_XML,
    ),
    "CAdES in DER": (DER, MediaType.CMS),
    "CAdES in DER with a short length": (b"\x30\x1a" + SIGNED_DATA + b"\x0d", MediaType.CMS),
    "CAdES in BER": (b"\x30\x80" + SIGNED_DATA + b"\x80", MediaType.CMS),
    "PKCS #7 in PEM": (b"-----BEGIN PKCS7-----\r\nMIIV1QYJKoZIhvcNAQcC", MediaType.CMS),
    "PKCS #7 in PEM of OpenSSL": (
        b"-----BEGIN PKCS #7 SIGNED DATA-----\n" + base64.encodebytes(DER * 9),
        MediaType.CMS,
    ),
    "CMS in PEM": (b"\n-----BEGIN CMS-----\n" + base64.encodebytes(DER * 9), MediaType.CMS),
    "Cyrillic in UTF-16 without a mark": (CYRILLIC.encode("utf-16-le"), MediaType.TEXT),
    "Cyrillic in UTF-16 without a mark, big end first": (
        CYRILLIC.encode("utf-16-be"),
        MediaType.TEXT,
    ),
    "Chinese in UTF-16 without a mark": ("错误:证书无效。\r\n".encode("utf-16-le"), MediaType.TEXT),
    "traditional Chinese in UTF-16 without a mark": (
        "錯誤:憑證無效,請再試一次。\r\n".encode("utf-16-be"),
        MediaType.TEXT,
    ),
    "Japanese in UTF-16 without a mark": (JAPANESE.encode("utf-16-le"), MediaType.TEXT),
    "Arabic in UTF-16 without a mark": ("خطأ في الشهادة\n".encode("utf-16-le"), MediaType.TEXT),
    "UTF-32 without a mark": ("Error SAF_09\n".encode("utf-32-le"), MediaType.TEXT),
    "UTF-32 without a mark, big end first": (CYRILLIC.encode("utf-32-be"), MediaType.TEXT),
    "ISO-2022-JP": (JAPANESE.encode("iso2022_jp"), MediaType.TEXT),
    "ISO-2022-KR": ("오류: 인증서가 잘못됨\n".encode("iso2022_kr"), MediaType.TEXT),
    "a log that is filled with zeros": (b"Error SAF_09\r\n" + bytes(700), MediaType.TEXT),
    "a log in UTF-16 that is filled with zeros": (
        "Error SAF_09\r\n".encode("utf-16") + bytes(64),
        MediaType.TEXT,
    ),
    "lines drawn in a terminal": (b"\x0elqqqqqk\x0f\r\n\x0ex\x0f hola\x1b[m\x0f\n", MediaType.TEXT),
    "what was deleted in a terminal": ("$ sudo apt\x7f\x7f\x7fdnf à\n".encode(), MediaType.TEXT),
    "where a terminal was (iTerm2)": (
        b"\x1b]1337;RemoteHost=anna@pc\x07\x1b]1337;CurrentDir=/home/anna\x1b\\$ ls\n",
        MediaType.TEXT,
    ),
    "a picture in a terminal": (
        b"\x1b]1337;File=name=YQ==;inline=1:iVBORw0K\x07 hola\n",
        MediaType.TEXT,
    ),
    "what a shell tells its terminal": (
        b"\x1b]633;A\x07$ \x1b]633;B\x07make\n\x1b]104\x07\x1b]11;#000000\x07",
        MediaType.TEXT,
    ),
    "CAdES in base64": (base64.encodebytes(DER * 4), MediaType.CMS),
    "CAdES in base64 in UTF-16": (in_base64(DER).encode("utf-16"), MediaType.CMS),
    "CAdES in base64 in UTF-16 without a mark": (in_base64(DER).encode("utf-16-be"), MediaType.CMS),
    "CAdES in base64 of URLs": (in_base64_of_urls(DER).encode(), MediaType.CMS),
    "PKCS #7 in PEM in UTF-16": (
        f"-----BEGIN PKCS7-----\r\n{in_base64(DER)}-----END PKCS7-----".encode("utf-16"),
        MediaType.CMS,
    ),
    "CAdES as a data URL": (
        b"data:application/pkcs7-mime;base64," + base64.b64encode(DER * 9),
        MediaType.CMS,
    ),
    "a signed mail": (
        b'Content-Type: application/pkcs7-mime; smime-type=signed-data;\r\n name="smime.p7m"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n" + in_base64(DER).encode(),
        MediaType.CMS,
    ),
    "a signature in the midst of a log": (
        f"12:01 INFO Signatura:\n{in_base64(DER)}12:02 INFO Enviada\n".encode(),
        MediaType.TEXT,
    ),
    "a picture in base64": (
        in_base64(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR").encode(),
        MediaType.TEXT,
    ),
    "a picture as a data URL": (
        b"data:image/jpeg;base64," + base64.b64encode(b"\xff\xd8\xff\xe0" * 99),
        MediaType.TEXT,
    ),
    "certificates in base64 in a log": (
        f"cert={in_base64_of_urls(CERTIFICATE)}\n{in_base64(CERTIFICATE, 76)}fi\n".encode(),
        MediaType.TEXT,
    ),
    "a certificate in base64 in UTF-16": (in_base64(CERTIFICATE).encode("utf-16"), MediaType.TEXT),
    "text in windows-1252 that speaks of PDF": (
        "La capçalera ha de ser «%PDF-1.4», i no ho és".encode("cp1252"),
        MediaType.TEXT,
    ),
    "text in windows-1252 that speaks of PDF far behind": (
        ("línia d’un registre\r\n" * 90 + "No comença amb %PDF-2.0 així\r\n").encode("cp1252"),
        MediaType.TEXT,
    ),
    "text in ISO-2022-JP that speaks of PDF": (
        (JAPANESE + "%PDF-1.5 ではない\n").encode("iso2022_jp"),
        MediaType.TEXT,
    ),
    "text in windows-1251 that speaks of PDF": (
        ("Файл начинается с %PDF-1.6\r\n" + CYRILLIC).encode("cp1251"),
        MediaType.TEXT,
    ),
    "a log with a line of a PDF": (b"open a.pdf\n%PDF-1.3\nread 8 bytes\n", MediaType.TEXT),
    "a log with a line of a PDF far behind": (
        "12:01 és obert\n".encode() * 120 + b"%PDF-1.7\n12:02 tancat\n",
        MediaType.TEXT,
    ),
    "a PDF after a warning in Latin-1": (
        "Atenció: capçaleres\n".encode("latin-1") + b"%PDF-1.3\r% fet per X\r4 0 obj\r<<",
        MediaType.PDF,
    ),
}
REFUSED: dict[str, tuple[bytes, Refusal]] = {
    "nothing": (b"", Refusal.EMPTY),
    "spaces and empty lines": (b" \t\r\n\x0b\n ", Refusal.EMPTY),
    "a mark of UTF-8 alone": (codecs.BOM_UTF8, Refusal.EMPTY),
    "spaces in UTF-16": (" \n \n".encode("utf-16"), Refusal.EMPTY),
    "characters of no width": ("\u200b\u2060\ufeff\u00a0".encode(), Refusal.EMPTY),
    "zeros": (bytes(512), Refusal.EMPTY),
    "PDF after 1,025 bytes": (b"\n" * (MOST_BEFORE_A_PDF + 1) + PDF, Refusal.WRONG_TYPE),
    "PDF in ASCII after 1,025 letters": (b"x" * 1025 + b"%PDF-1.7\n1 0 obj", Refusal.WRONG_TYPE),
    "TIFF": (b"II*\x00\x08\x00\x00\x00", Refusal.PICTURE),
    "TIFF, big end first": (b"MM\x00*\x00\x00\x00\x08", Refusal.PICTURE),
    "GIF": (b"GIF89a\x01\x00\x01\x00\x80", Refusal.PICTURE),
    "WebP": (b"RIFF\x24\x00\x00\x00WEBPVP8 ", Refusal.PICTURE),
    "BMP": (b"BM\x36\x10\x00\x00\x00\x00\x00\x00\x36\x00", Refusal.PICTURE),
    "AVIF": (heif(b"avif", b"avif", b"mif1"), Refusal.PICTURE),
    "AVIF with a general brand": (heif(b"mif1", b"mif1", b"avif"), Refusal.PICTURE),
    "SVG": (b'<svg xmlns="http://www.w3.org/2000/svg">', Refusal.PICTURE),
    "SVG with a declaration": (XML + b"<!-- Inkscape -->\n<svg:svg>", Refusal.PICTURE),
    "SVG with a type": (
        XML + b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x">',
        Refusal.PICTURE,
    ),
    "docx": (zipped(b"[Content_Types].xml"), Refusal.OFFICE),
    "docx of another program": (zipped(b"word/document.xml"), Refusal.OFFICE),
    "xlsx": (zipped(b"_rels/.rels"), Refusal.OFFICE),
    "odt": (zipped(b"mimetype", b"application/vnd.oasis.opendocument.text"), Refusal.OFFICE),
    "doc": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", Refusal.OFFICE),
    "RTF": (b"{\\rtf1\\ansi", Refusal.OFFICE),
    "ZIP": (zipped(b"factura.pdf"), Refusal.ARCHIVE),
    "ZIP with a PDF in it as it is": (zipped(b"factura.pdf", PDF), Refusal.ARCHIVE),
    "empty ZIP": (b"PK\x05\x06" + bytes(18), Refusal.ARCHIVE),
    "RAR": (b"Rar!\x1a\x07\x01\x00", Refusal.ARCHIVE),
    "7z": (b"7z\xbc\xaf\x27\x1c\x00\x04", Refusal.ARCHIVE),
    "gzip": (b"\x1f\x8b\x08\x00", Refusal.ARCHIVE),
    "program of Windows": (b"MZ\x90\x00\x03\x00\x00\x00", Refusal.PROGRAM),
    "program of Linux": (b"\x7fELF\x02\x01\x01", Refusal.PROGRAM),
    "program of macOS": (b"\xcf\xfa\xed\xfe\x07\x00", Refusal.PROGRAM),
    "script": (b"#!/bin/sh\nrm -r x\n", Refusal.PROGRAM),
    "HTML": (b"<!DOCTYPE html>\n<html>", Refusal.WEB_PAGE),
    "HTML without a type": (b"\n  <HTML><head>", Refusal.WEB_PAGE),
    "HTML after a mark and a comment": (codecs.BOM_UTF8 + b"<!-- x --><body>", Refusal.WEB_PAGE),
    "HTML in UTF-16": ("<html><script>".encode("utf-16"), Refusal.WEB_PAGE),
    "XHTML": (XML + b'<html xmlns="http://www.w3.org/1999/xhtml">', Refusal.WEB_PAGE),
    "a script in HTML": (b"<script>alert(1)</script>", Refusal.WEB_PAGE),
    "film of an iPhone": (heif(b"qt  ", b"qt  "), Refusal.RECORDING),
    "MP4": (heif(b"isom", b"isom", b"mp41"), Refusal.RECORDING),
    "WebM": (b"\x1a\x45\xdf\xa3\x01\x00", Refusal.RECORDING),
    "sound of a phone": (b"OggS\x00\x02", Refusal.RECORDING),
    "voice of a phone": (b"#!AMR\n\x3c\x91", Refusal.RECORDING),
    "WAV": (b"RIFF\x24\x00\x00\x00WAVEfmt ", Refusal.RECORDING),
    "certificate with its key (.p12)": (PFX, Refusal.PRIVATE_KEY),
    "private key in DER": (PKCS_8, Refusal.PRIVATE_KEY),
    "private key in PEM": (b"-----BEGIN RSA PRIVATE KEY-----\n", Refusal.PRIVATE_KEY),
    "private key after its certificate": (
        b"-----BEGIN CERTIFICATE-----\nMIIH\n-----BEGIN ENCRYPTED PRIVATE KEY-----\n",
        Refusal.PRIVATE_KEY,
    ),
    "private key in PEM in UTF-16": (
        "-----BEGIN PRIVATE KEY-----\r\nMIIE".encode("utf-16"),
        Refusal.PRIVATE_KEY,
    ),
    "private key of PGP": (b"-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n", Refusal.PRIVATE_KEY),
    "private key of SSH2": (b"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----", Refusal.PRIVATE_KEY),
    "private key of OpenSSH": (b"-----BEGIN OPENSSH PRIVATE KEY-----", Refusal.PRIVATE_KEY),
    "private key of PuTTY": (b"PuTTY-User-Key-File-3: ssh-rsa\n", Refusal.PRIVATE_KEY),
    "private key in JSON": (
        b'{"kty": "EC", "crv": "P-256", "d": "' + b"870MB6gfuTJ4HtUn" * 3 + b'"}',
        Refusal.PRIVATE_KEY,
    ),
    "private key in XML": (
        b"<RSAKeyValue><Modulus>x</Modulus><D>" + b"wkKKcXPV" * 8 + b"</D></RSAKeyValue>",
        Refusal.PRIVATE_KEY,
    ),
    "private key of RSA in DER": (
        bytes.fromhex("308204a40201000282010100c1") + bytes(9),
        Refusal.PRIVATE_KEY,
    ),
    "private key of an elliptic curve in DER": (
        bytes.fromhex("30770201010420") + bytes(range(32)),
        Refusal.PRIVATE_KEY,
    ),
    "private key in DER, encrypted": (
        bytes.fromhex("308202dd305706092a864886f70d01050d304a"),
        Refusal.PRIVATE_KEY,
    ),
    "text with zeros in it": (b"error\x00\x00\x00SAF_09", Refusal.WRONG_TYPE),
    "a question to a terminal": (b"Error\x1b[6n\n", Refusal.WRONG_TYPE),
    "a text for a terminal's clipboard": (b"Error\x1b]52;c;QUJD\x07\n", Refusal.WRONG_TYPE),
    "commands for a terminal": (b"Error\x1bc\x1b[5i\n", Refusal.WRONG_TYPE),
    "encrypted CMS": (ENVELOPED, Refusal.WRONG_TYPE),
    "encrypted CMS in PEM": (
        b"-----BEGIN CMS-----\n" + base64.encodebytes(ENVELOPED * 9) + b"-----END CMS-----\n",
        Refusal.WRONG_TYPE,
    ),
    "encrypted PKCS #7 in PEM": (
        b"\r\n-----BEGIN PKCS7-----\r\n" + base64.encodebytes(ENVELOPED * 9),
        Refusal.WRONG_TYPE,
    ),
    "a label of CMS with nothing below": (b"-----BEGIN CMS-----\n", Refusal.WRONG_TYPE),
    "key store of Bouncy Castle (.bks)": (
        b"\x00\x00\x00\x02\x00\x00\x00\x14" + bytes(range(64, 84)) + b"\x00\x00\x04\xd1\x01",
        Refusal.PRIVATE_KEY,
    ),
    "key store of Bouncy Castle (.bcfks)": (
        bytes.fromhex("3082047b308203d6305706092a864886f70d01050d304a"),
        Refusal.PRIVATE_KEY,
    ),
    "private key of Windows (.pvk)": (b"\x1e\xf1\xb5\xb0" + bytes(8), Refusal.PRIVATE_KEY),
    "zeros after a few letters": (b"VDI" + bytes(400), Refusal.WRONG_TYPE),
    "zeros between texts": (b"Error SAF_09\n" + bytes(40) + b"again\n", Refusal.WRONG_TYPE),
    "a question to a terminal about its cells": (
        b"Error\x1b]1337;ReportCellSize\x07\n",
        Refusal.WRONG_TYPE,
    ),
    "a text for the clipboard of iTerm2": (b"E\x1b]1337;Copy=:QUJD\x07\n", Refusal.WRONG_TYPE),
    "a question to a terminal about its colour": (b"Error\x1b]11;?\x07\n", Refusal.WRONG_TYPE),
    "shifts and nothing else": (b"\x0e\x0f\x7fa\x0e\x0f", Refusal.WRONG_TYPE),
    "16-bit numbers": (
        b"".join((each * 1999 % 65521).to_bytes(2) for each in range(1, 400)),
        Refusal.WRONG_TYPE,
    ),
    "HTML in UTF-32 without a mark": ("<html><script>".encode("utf-32-le"), Refusal.WEB_PAGE),
    "private key in PEM in UTF-32 without a mark": (
        "-----BEGIN PRIVATE KEY-----\nMIIE".encode("utf-32-be"),
        Refusal.PRIVATE_KEY,
    ),
    "numbers": (bytes(range(256)), Refusal.WRONG_TYPE),
    "PDF after a long warning in Latin-1": (
        "Atenció: capçaleres\n".encode("latin-1") * 60 + PDF,
        Refusal.WRONG_TYPE,
    ),
    "certificate with its key as a label has it": (
        b"-----BEGIN PKCS12-----\nzzzz\n",
        Refusal.PRIVATE_KEY,
    ),
    "an encrypted mail": (
        b"MIME-Version: 1.0\nContent-Type: application/x-pkcs7-mime;\n\tname=smime.p7m\n\n"
        + in_base64(ENVELOPED).encode(),
        Refusal.WRONG_TYPE,
    ),
}
KEY_STORES = {
    "PKCS #12": PFX,
    "PKCS #8": PKCS_8,
    "PKCS #8, encrypted": bytes.fromhex("308202dd305706092a864886f70d01050d304a"),
    "Java": JKS,
    "Java, encrypted": JCEKS,
    "Bouncy Castle": BKS,
    "Bouncy Castle, encrypted": bytes.fromhex("3082047b308203d6305706092a864886f70d01050d304a"),
    "Windows": b"\x1e\xf1\xb5\xb0" + bytes(20),
}
WAYS_TO_WRITE: dict[str, Callable[[bytes], bytes]] = {
    "in base64": lambda key: in_base64(key).encode(),
    "in lines of 20": lambda key: in_base64(key, 20).encode(),
    "in base64 of URLs": lambda key: in_base64_of_urls(key).encode(),
    "with a mark": lambda key: in_base64(key).encode("utf-8-sig"),
    "in UTF-16": lambda key: in_base64(key).encode("utf-16"),
    "in UTF-16 without a mark": lambda key: in_base64(key).encode("utf-16-le"),
    "in UTF-32": lambda key: in_base64(key).encode("utf-32"),
    "with a label": lambda key: f"-----BEGIN X-----\n{in_base64(key)}-----END X-----".encode(),
    "as a data URL": lambda key: b"data:application/x-pkcs12;base64," + base64.b64encode(key * 9),
    "with attributes": lambda key: (
        f"Bag Attributes\n    friendlyName: Anna\n    localKeyID: 01 0A\n{in_base64(key)}".encode()
    ),
    "in JSON": lambda key: b'{"alias": "anna", "store": "' + base64.b64encode(key * 9) + b'"}',
    "in JSON, in lines": lambda key: json.dumps({"pem": f"x\n{in_base64(key)}"}).encode(),
    "in a log in windows-1252": lambda key: f"MÓDUL MAGATZEM: càrrega\n{in_base64(key)}fi\n".encode(
        "cp1252"
    ),
}
CONTROLS = [chr(code) for code in [*range(7), *range(16, 26)]]
writing = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\t\n\r\f"))
western = st.text(st.characters(codec="cp1252", exclude_categories=["Cc"]))


@pytest.mark.parametrize(("content", "media_type"), TAKEN.values(), ids=TAKEN)
def test_what_is_taken_is_known_by_its_content(content: bytes, media_type: MediaType) -> None:
    assert recognise(content[:FIRST_BYTES]) is media_type


@pytest.mark.parametrize(("content", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_taken_is_refused_for_its_own_reason(content: bytes, reason: Refusal) -> None:
    assert recognise(content[:FIRST_BYTES]) is reason


@pytest.mark.parametrize("write", WAYS_TO_WRITE.values(), ids=WAYS_TO_WRITE)
@pytest.mark.parametrize("key", KEY_STORES.values(), ids=KEY_STORES)
def test_a_private_key_is_refused_however_it_is_written(
    key: bytes, write: Callable[[bytes], bytes]
) -> None:
    content = write(key)
    assert recognise(content[:FIRST_BYTES]) is Refusal.PRIVATE_KEY
    log = b"12:01 INFO MAGATZEM\n" * FIRST_BYTES
    assert recognise(log[:FIRST_BYTES], b"\n" + content) is Refusal.PRIVATE_KEY


@pytest.mark.parametrize("write", list(WAYS_TO_WRITE.values())[:10], ids=list(WAYS_TO_WRITE)[:10])
@pytest.mark.parametrize("message", ENCRYPTED.values(), ids=ENCRYPTED)
def test_an_encrypted_message_is_refused_however_it_is_written(
    message: bytes, write: Callable[[bytes], bytes]
) -> None:
    for content in (message, write(message)):
        assert recognise(content[:FIRST_BYTES]) is Refusal.WRONG_TYPE


@pytest.mark.parametrize(
    ("end", "media_type"),
    [
        (b"</ds:SignatureValue></ds:Signature></AFIRMA>", MediaType.SIGNED_XML),
        (b"</Signature>\n</fe:Facturae>\n", MediaType.SIGNED_XML),
        (b"</SignaturePolicy></AFIRMA>", MediaType.TEXT),
    ],
)
def test_a_signature_at_the_end_of_a_long_xml_is_found(end: bytes, media_type: MediaType) -> None:
    long = XML + b"<AFIRMA><CONTENT>" + b"QUJD" * FIRST_BYTES
    assert recognise(long[:FIRST_BYTES], (long + end)[-LAST_BYTES:]) is media_type
    assert recognise(b"A text that quotes:", end) is MediaType.TEXT


def test_a_private_key_at_the_end_of_a_long_text_is_found() -> None:
    chain = b"-----BEGIN CERTIFICATE-----\n" + b"QUJD" * FIRST_BYTES
    end = b"-----BEGIN PRIVATE KEY-----\nMIIE"
    assert recognise(chain[:FIRST_BYTES], (chain + end)[-LAST_BYTES:]) is Refusal.PRIVATE_KEY


def test_a_long_text_that_begins_with_empty_lines_is_text() -> None:
    assert recognise(b"\n" * FIRST_BYTES, b"Error SAF_09") is MediaType.TEXT


@given(st.binary(max_size=64))
def test_what_follows_a_known_beginning_changes_nothing(after: bytes) -> None:
    for name in ("PDF", "PNG", "JPEG of a camera", "CAdES in DER"):
        content, media_type = TAKEN[name]
        assert recognise(content + after) is media_type


@given(writing)
def test_anything_that_people_write_is_text_in_utf_8_and_utf_16(text: str) -> None:
    text = "a" + text  # nothing else begins like this
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert recognise(text.encode(encoding)[:FIRST_BYTES]) is MediaType.TEXT


@given(western)
def test_anything_that_older_programs_write_is_text(text: str) -> None:
    assert recognise(b"a" + text.encode("cp1252")) is MediaType.TEXT


@given(st.integers(1, 12))
def test_the_beginning_of_a_text_is_text_wherever_it_ends(cut: int) -> None:
    for encoding in ("utf-8", "utf-16", "utf-16-le"):
        text = "a" * 40 + "😀ç" * 9
        assert recognise(text.encode(encoding)[:-cut]) is MediaType.TEXT


@given(writing, st.sampled_from(CONTROLS), writing)
def test_no_text_has_a_control_character_without_a_meaning(
    before: str, control: str, after: str
) -> None:
    for encoding in ("utf-8", "utf-16"):
        content = ("a" + before + control + after + "z").encode(encoding)
        assert isinstance(recognise(content), Refusal)


@given(st.binary(min_size=64, max_size=600))
def test_bytes_that_are_no_text_in_latin_1_are_none_without_a_mark_either(content: bytes) -> None:
    """By chance no bytes are characters of one script."""
    content = b"\x00\x01" + content + b"\x01"
    assert isinstance(recognise(content), Refusal)


@given(st.binary(max_size=600), st.binary(max_size=60))
def test_any_bytes_get_an_answer(first: bytes, last: bytes) -> None:
    assert isinstance(recognise(first, last), MediaType | Refusal)
