"""Who is meant by a description: a subject found by what is said of it, where nobody is named.

Each subject has a line of words that people use when they paraphrase it, as pure data. A prompt's words are held
against them with the weights of text search (inverse document frequency): rare words tell more than common ones.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

_TOLD = """
fox: sly cunning bushy tail red clever animal burrow henhouse thief
wolf: pack howling howls moon grey wild animal predator
dog: best friend barking barks wagging tail fetch bone loyal animal pet leash
cat: purring purrs whiskers pet mouser meowing claws yarn animal
lion: king beasts mane maned pride roaring savanna big cat ruler animal golden
tiger: striped stripes orange big cat bengal animal jungle
leopard: spotted spots big cat fastest rosettes animal
horse: mane hooves saddle galloping neighing rider animal mount steed
unicorn: magical horned horn white horse spiral forehead mythical
zebra: striped stripes black white african africa grazer horse animal savanna
deer: antlers hooves graceful woodland animal doe
cow: milk udder moo mooing grazing farm animal horned
pig: pink snout curly tail mud muddy oinking farm animal
sheep: wool woolly fleece baa bleating flock farm animal
camel: hump humped ship caravan desert animal
llama: andes spitting woolly peru pack animal
giraffe: tallest long neck necked spotted african savanna animal leaves
elephant: trunk tusks big ears largest land animal grey thick skin tusker
mammoth: ice age tusks tusked shaggy woolly extinct hairy elephant prehistoric beast giant
rhinoceros: horn nose armoured thick skin grey heavy animal horned savanna
hippo: river wide mouth yawning huge grey water animal
mouse: tiny squeaking squeaks cheese long tail small rodent whiskers
rabbit: long ears hopping carrot fluffy burrow cotton tail animal
squirrel: nuts acorns bushy tail tree climbing gathering small animal
hedgehog: spiny prickly spines quills ball small animal rolls
kangaroo: pouch australian australia hopping jumping joey animal big
bear: honey hibernates hibernating big furry paws growling animal
polar_bear: white arctic ice furry fur north pole hunter predator
panda: bamboo black white bear chinese china munching
koala: eucalyptus australian australia sleepy tree grey cuddly animal
frog: croaking croaks lily pad green amphibian hopping tongue pond leaping
crocodile: scaly snapping jaws swamp green teeth river reptile teary
turtle: shell shelled slow carries house back reptile carrying
dinosaur: prehistoric extinct giant reptile long neck jurassic ancient lizard
t_rex: tiny arms tyrant king dinosaurs huge teeth prehistoric jurassic predator
dragon: fire breathing winged scaly mythical hoard gold beast monster wings
snail: shell spiral slow slimy slime crawler trail carrying house garden
ladybird: red black spots spotted beetle tiny bug insect lucky
monkey: banana bananas swinging vines tail cheeky climbing jungle animal
gorilla: silverback chest beating huge ape strong
orangutan: orange haired red ape long arms borneo
raccoon: masked mask bandit ringed tail trash bins thief animal
moose: huge antlers canadian canada northern big deer
donkey: stubborn long ears braying pack beast burden grey
bison: shaggy plains horned prairie massive humped herd
goat: bearded beard horns mountain climbing bleating
rat: sewer long tail rodent
hamster: wheel cheeks pet small rodent chubby
beaver: dam dams builder buck toothed flat tail teeth gnawing wood lodge
sloth: slowest hanging branch upside lazy slow animal
otter: river playful floating back holding hands sleek furry swimmer
skunk: smelly stinky spray stripe black white striped animal
badger: striped face burrow digger black white sett
lizard: scaly basking reptile tail sun
snake: slithering slithers legless hissing scales venomous coils reptile forked tongue
caterpillar: leaf munching becomes butterfly crawling many legs larva hairy
ant: tiny worker colony hill carrying crumbs six legs insect marching
beetle: shiny armoured insect dung horned
grasshopper: chirping green hopping insect
spider: web eight legs legged spinning weaver weaves silk
scorpion: stinger sting pincers desert tail venomous
worm: wriggling soil earth pink
rooster: crowing dawn cockadoodledoo comb wakes farm morning bird
chick: fluffy yellow baby hatched egg tiny bird
penguin: antarctic waddling tuxedo flightless black white bird ice south pole
owl: wise night nocturnal hooting hoots turns head around big eyes bird hunter
duck: quacking quacks pond waddling bill webbed bird
swan: graceful white long neck lake bird elegant
flamingo: pink one leg standing wader long legs tall bird
peacock: fan tail feathers colourful colorful proud eyes spreading plumage bird
parrot: talking talks pirate shoulder colourful colorful tropical bird repeats feathered
hen: clucking lays eggs farm bird
dove: peace white olive branch bird cooing
eagle: soaring talons predator bird sharp eyed majestic bald mountains
crow: black caw cawing scarecrow bird feathered
goose: honking white bird pond
turkey: thanksgiving gobbling bird
butterfly: fluttering colourful colorful wings winged insect delicate flower
bee: honey buzzing buzzes stripes black yellow pollen nectar sting hive insect maker
bat: upside down night flying mammal hanging winged nocturnal vampire echo
mosquito: blood sucking sucks whining whines tiny insect itchy bite biting
fish: gills scales fins underwater swimmer bowl aquarium
tropical_fish: colourful colorful stripes fins reef little clown underwater
shark: fin jaws predator teeth toothed ocean fierce hungry hunter sea great white
dolphin: clever playful leaping waves sea mammal smiling clicks
whale: largest biggest sea giant creature mammal ocean blowhole spouting singing song deep
octopus: eight arms armed tentacles ink suckers sea creature
jellyfish: transparent stinging tentacles drifting glowing umbrella sea creature see through
squid: ten arms tentacles ink deep sea creature
crab: sideways pincers claws shell beach walks scuttling
seal: balancing ball nose flippers barking rocks sea mammal
lobster: claws red seafood shell pincers
bus: public passengers double decker red stops vehicle route
taxi: yellow cab meter hail fare driver vehicle
car: four wheels engine road vehicle motor
train: rails tracks locomotive steam whistle puffing carriages railway iron horse
tractor: farm plough field big wheels vehicle
bicycle: two wheels wheeled pedals pedal handlebars bell vehicle
sailboat: sails sail wind canvas vessel white sea mast
rocket: launch launcher blasting blasts off space lift countdown moon flight
helicopter: rotor rotors blades hovering chopping whirling aircraft
ufo: saucer disc hovering strange lights sky unidentified
ambulance: siren blue lights patients hospital emergency vehicle
fire_engine: siren ladder hose red emergency vehicle flames
police_car: siren blue lights chase cops patrol vehicle
lorry: heavy goods load truck big wheeler vehicle
motorcycle: two wheels wheeled engine leather roaring vehicle biker
sled: snow runners sliding downhill hill pulled huskies
canoe: paddle narrow paddled hull
ship: captain vessel ocean sea big deck
hot_air_balloon: basket burner drifting gores passengers silk envelope
pirate_ship: skull crossbones black flag jolly roger cannons buccaneers crew sails mast plunder
submarine: periscope underwater vessel portholes dives diving sonar torpedo
aeroplane: jet wings winged passengers flying airport metal bird sky
balloon: string helium round party inflated floating red
candle: wax wick flame flickering stick melting dripping
teapot: spout brewing pouring tea handle lid porcelain
lantern: paper glowing light hanging
snowman: carrot nose coal scarf snow frosty man melting buttons white rolled balls
pumpkin: carved halloween squash orange grinning hollow candle inside
teddy: stuffed toy cuddly bear button eyes plush child's
gift: wrapped ribbon bow present surprise box birthday
guitar: six strings strumming strummed fret plucked instrument rock
violin: four strings bow bowed fiddling orchestra instrument chin
trumpet: brass horn blowing fanfare instrument valves
drum: beating sticks beat skin rhythm percussion banging instrument
keyboard_piano: keys black white ivory grand instrument concert eighty
radio: broadcast music antenna tuning dial waves station
television: screen broadcast channels remote watching box
telephone: ringing receiver call dial calling
laptop: portable computer screen keyboard
alarm_clock: ringing wakes waking ticking bedside morning bell time
light_bulb: edison filament glowing idea glass electric
book: pages page cover story reading chapters words bound
key: unlocks unlock lock door metal opens
crown: royal jewels head golden king's gold monarch's
umbrella_object: keeps dry rain shelter folding handle open
gem: sparkling precious jewel stone brilliant carat ring
bell: ringing tolling tower clapper chime chiming
anchor: holds iron sea bed seabed heavy boat ship's
telescope: stargazing stars lens astronomer's tube looking
broom: sweeping sweeps straw flying stick witch's bristles
bathtub: bubbles soak soaking claw foot water taps
chair: four legs seat sitting sit backrest
bed: sleep sleeping mattress pillow blanket bedroom
fire: flames burning logs crackling warm embers glow
rainbow: seven colours colors arch arching after rain storm sky pot gold
tornado: twisting funnel whirling wind spinning storm twister
star: twinkling shining night sky
cloud: fluffy white sky cotton drifting floating
heart: love valentine beating red
cake: candles birthday frosting icing sweet layers layered
apple: doctor away crisp newton round red fruit orchard pie teacher's
banana: yellow curved peel monkey's fruit bent
strawberry: red seeds seeded fruit sweet cream
carrot: orange root vegetable crunchy rabbits snowman's
bread: loaf baked oven crust baker's
cheese: holes yellow dairy swiss mice melted
hamburger: bun patty fast food grilled
pizza: italian slice cheese tomato round dish topped
egg: oval shell yolk laid hen's breakfast
ice_cream: cold frozen cone scoop sweet summer dessert
coffee: hot morning drink caffeine beans espresso mug wakes
mushroom: toadstool cap spotted fungus
sunflower: tall yellow turns face sun bloom petals flower
rose: thorns thorny red romantic flower bloom valentine
tulip_flower: dutch holland bulb spring flower bloom
daisy: white petals loves flower yellow centre
palm_tree: coconuts tropical swaying tree fronds
fir_tree: evergreen needles christmas cones tree
cactus_plant: prickly spines desert plant needles green spiky
leafy_tree: leaves branches trunk shade bark
robot: mechanical metal machine antennas circuits tin man android metallic steel
ghost: haunting haunts haunted white sheet spooky transparent boo spirit floating see through
alien: visitor mars martian outer space green big eyed another planet galaxy saucer little
fluffy_monster: furry hairy creature shaggy beast snow himalayas
ogre: huge ugly club brute man eating green swamp
troll: under bridge warty
vampire: fangs blood bloodthirsty count transylvania cape coffin garlic undead drinks
zombie: undead brains rotting staggering shuffling grave risen moaning
mermaid: half woman fish tail sea scales combing
wizard: magic spells spell staff pointed hat beard bearded robe casting potions old
fairy: wings winged tiny wand tooth sparkling magic dust
king: crown throne ruler crowned realm monarch royal
princess: tiara castle tower royal crown gown prince glass slipper daughter
witch: broomstick cauldron pointed hat potion brew warts
superhero: cape caped crusader saves powers mask masked
elf: pointed pointy ears ears woodland archer santa's helper
santa: red suit white beard presents chimney reindeer christmas ho jolly
astronaut: spacesuit space suit cosmic explorer weightless moonwalk zero gravity helmet
ninja: stealthy black shadow throwing stars shuriken silent masked
dancer: tutu ballet stage twirling toes pirouette
baby: crib crawling diaper newborn rattle pacifier infant
grandfather: old elderly white haired grey beard wrinkled cane
grandmother: old elderly white haired knitting wrinkled granny
doctor: stethoscope white coat patients medicine heals cures
student: exams homework campus studying
teacher: blackboard chalk class classroom lesson pupils
judge_person: gavel court courtroom robe verdict wig
farmer: crops fields harvest plough overalls straw hat
chef: cooking cook white hat kitchen tall frying restaurant
mechanic: wrench engine repairs fixes fixing oily car
singer: microphone song songs voice choir opera
painter: easel brush canvas palette paints beret
pilot: cockpit flies plane uniform wings
firefighter: hose flames rescues ladder helmet blaze
police_officer: law badge uniform arrests patrol arresting
detective: magnifying glass clues mystery trench coat solves investigator
builder: hard hat bricks construction hammer site
bride: white dress veil bouquet wedding altar
surfer: board waves wave riding
swimmer: goggles laps pool
clown: red nose circus big shoes funny juggling makeup
cowboy: lasso hat boots west rides saddle spurs
cottage: small cosy house thatched roof
tent: camping campers canvas pegs
fairy_castle: towers turrets moat drawbridge knights
lighthouse: tower lamp beam warns ships sailors coast rocks keeper
windmill: turning sails grinds flour grain miller wind tower
church: steeple bells sunday pews worship
hospital: patients wards doctors sick
fountain: spraying water jets square coins wish
ferris_wheel: big wheel fairground giant turning cabins gondolas
roller_coaster: loops screaming ride tracks thrill
"""
CLASSES = frozenset(
    """animal bird fish insect reptile creature beast monster vehicle boat flower tree fruit vegetable instrument bear
    cat horse elephant dinosaur ape rodent predator hunter man woman person giant toy computer hat truck deer
    beetle plane vessel dish drink plant machine ruler visitor explorer builder maker swimmer crawler climber
    singer wader grazer lord spirit thief friend""".split()
)
"""What a thing is called by who does not name it."""
_SMALL = frozenset("a an and at by for from in is it its of off on one or over that the to under up who with".split())
_ENDINGS = ("ing", "ies", "es", "ed", "s", "y")
_ENOUGH = 9.0  # the least that a description weighs: two telling words, or three
_AHEAD = 1.15  # how many times the second-best the best has to weigh


@dataclass(frozen=True)
class Described:
    """A subject that is described, and which word (a place among those given) says most of it."""

    id: str
    word: int


def described(
    words: Sequence[str], named: str | None = None, strange: Collection[int] | None = None
) -> Described | None:
    """Who lower-case words describe, or None where they say too little or fit two as well. named: the word (animal,
    bird, bear) that the prompt calls the subject; it is then one of those that are called so, or nobody. strange: the
    places of the words that mean nothing else, all by default; one of them has to tell."""
    strange = range(len(words)) if strange is None else strange
    stems = ["" if part in _SMALL else _stem(part) for part in words]
    texts, weights = _table()
    scores: dict[str, float] = {}
    for identity, told in texts.items():
        hits = {stem for stem in stems if stem in told}
        telling = {stems[at] for at in strange} & hits - _class_stems()
        if len(hits) > 1 and telling and (named is None or _stem(named) in told):
            scores[identity] = sum(weights[stem] for stem in hits)
    ranked = sorted(scores, key=lambda identity: -scores[identity])
    if not ranked or scores[ranked[0]] < _ENOUGH:
        return None
    if len(ranked) > 1 and scores[ranked[0]] < _AHEAD * scores[ranked[1]]:
        return None
    best = texts[ranked[0]]
    return Described(ranked[0], max(strange, key=lambda at: weights[stems[at]] if stems[at] in best else 0.0))


@cache
def _table() -> tuple[Mapping[str, frozenset[str]], Mapping[str, float]]:
    """The stems that are said of each subject, and what each stem weighs."""
    lines = (line.partition(": ") for line in _TOLD.strip().splitlines())
    texts = {identity: frozenset(map(_stem, (*told.split(), *identity.split("_")))) for identity, _, told in lines}
    many = Counter(stem for told in texts.values() for stem in told)
    return MappingProxyType(texts), MappingProxyType({stem: math.log(len(texts) / met) for stem, met in many.items()})


@cache
def _class_stems() -> frozenset[str]:
    return frozenset(map(_stem, CLASSES))


def _stem(word: str) -> str:
    if len(word) < 4:
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) > 2:
            word = word.removesuffix(ending)
            break
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word.removesuffix("e")
